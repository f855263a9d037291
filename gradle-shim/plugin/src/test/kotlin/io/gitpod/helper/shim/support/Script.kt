package io.gitpod.helper.shim.support

import java.io.File
import java.nio.file.Path
import java.util.concurrent.TimeUnit

/** A program of the tests' own, of those for Node, that prints one line when it is ready and ends when its input does. */
class Script(script: Path, arguments: List<String>, private val log: File) : AutoCloseable {
    private val process = ProcessBuilder(listOf(node.toString(), script.toString()) + arguments)
        .redirectError(log)
        .start()

    /** What it prints. */
    val line: String = process.inputReader().readLine() ?: error("$script ended with ${process.waitFor()}; see $log")

    override fun close() {
        process.outputStream.close()
        if (process.waitFor(10, TimeUnit.SECONDS)) return
        process.destroyForcibly()
        error("it did not end when its standard input was closed; see $log")
    }
}

/** A program below `test/support/`. */
fun supportScript(name: String, vararg arguments: String): Script {
    val log = pathProperty("embedded.log").resolveSibling("${name.replace('/', '-')}.log")
    return Script(pathProperty("embedded.script").resolveSibling("../support/$name").normalize(), arguments.toList(), log.toFile())
}
