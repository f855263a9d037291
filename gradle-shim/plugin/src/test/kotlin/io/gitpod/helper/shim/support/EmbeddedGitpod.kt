package io.gitpod.helper.shim.support

import com.google.gson.JsonObject
import com.google.gson.JsonParser
import java.nio.file.Path
import java.util.concurrent.TimeUnit

/** An embedded Gitpod in a process of its own, which ends when its standard input is closed. */
class EmbeddedGitpod private constructor(private val process: Process, private val description: JsonObject) :
    AutoCloseable {
    val host: String get() = text("host")
    val caFile: String get() = text("ca_file")
    val resolve: String get() = text("resolve")
    val sshPort: Int get() = description["ssh_port"].asInt
    val token: String get() = text("token")

    /** The ids of the main user's workspaces by the part each plays, such as `ready`, `stopped` or `sshDown`. */
    val workspaceIds: Map<String, String> =
        description["workspaces"].asJsonArray
            .map { it.asJsonObject }
            .associate { it["role"].asString to it["id"].asString }

    override fun close() = endByItself(process)

    private fun text(name: String): String = description[name].asString

    companion object {
        /** Starts one whose main user has [authorizedKey], a public key's file, registered. */
        fun start(authorizedKey: Path): EmbeddedGitpod {
            val log = pathProperty("embedded.log")
            val script = pathProperty("embedded.script").toString()
            val options = listOf("--json", "--authorized-key", authorizedKey.toString())
            val process = ProcessBuilder(listOf(node.toString(), script) + options)
                .redirectError(log.toFile())
                .start()
            val line = process.inputReader().readLine()
                ?: error("the embedded Gitpod ended with ${process.waitFor()}; see $log")
            return EmbeddedGitpod(process, JsonParser.parseString(line).asJsonObject)
        }

        private fun endByItself(process: Process) {
            process.outputStream.close()
            if (process.waitFor(10, TimeUnit.SECONDS)) return
            process.destroyForcibly()
            error("the embedded Gitpod did not end when its standard input was closed")
        }
    }
}
