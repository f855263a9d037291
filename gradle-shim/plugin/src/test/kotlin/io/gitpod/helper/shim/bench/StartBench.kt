package io.gitpod.helper.shim.bench

import io.gitpod.helper.shim.prewarmChannel
import io.gitpod.helper.shim.support.Installation
import io.gitpod.helper.shim.support.InstallationResolver
import io.gitpod.helper.shim.support.helperService
import io.gitpod.helper.shim.support.initializeRequest
import io.gitpod.helper.shim.support.node
import io.gitpod.helper.shim.support.startHelper
import io.gitpod.helper.v1.InitializeRequest
import java.nio.file.Path
import java.util.Base64
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith

private const val ROUNDS = 9

/** From the helper's start to its first answer, beside a bare Node in the same run. */
@Tag("bench")
@ExtendWith(InstallationResolver::class)
class StartBench {
    @Test
    fun `from spawn to the first reply`(installation: Installation) {
        val request = Base64.getEncoder().encodeToString(installation.initializeRequest().toByteArray())
        child("cold", request) // writes V8's code cache
        val bareMs = median { bareNodeMs() }
        val warmMs = child("again", request)
        val prewarmedMs = median { child("prewarmed", request) }
        val coldMs = median { child("cold", request) }
        println("node -e 0           ${"%6.0f".format(bareMs)} ms")
        report("second start", warmMs, bareMs)
        report("prewarmed, first", prewarmedMs, bareMs)
        report("first", coldMs, bareMs)
        assertTrue(warmMs / bareMs <= 3, "second start")
        assertTrue(prewarmedMs / bareMs <= 5, "prewarmed first start")
    }

    private fun report(what: String, ms: Double, bareMs: Double) =
        println("${what.padEnd(19)} ${"%6.0f".format(ms)} ms  ${"%.2f".format(ms / bareMs)} x")

    private fun bareNodeMs(): Double = timed { ProcessBuilder(node.toString(), "-e", "0").start().waitFor() }

    private fun child(mode: String, request: String): Double {
        val java = Path.of(System.getProperty("java.home"), "bin", "java").toString()
        val properties = listOf("helper.node", "helper.script").map { "-D$it=${System.getProperty(it)}" }
        val command = listOf(java, "-cp", System.getProperty("java.class.path")) + properties +
            listOf("io.gitpod.helper.shim.bench.StartProcess", mode, request)
        return ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start().inputReader().readLine().toDouble()
    }
}

/** Prints how long a helper took in this JVM, in milliseconds. */
object StartProcess {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val request = InitializeRequest.parseFrom(Base64.getDecoder().decode(arguments[1]))
        val ms = when (arguments[0]) {
            "again" -> {
                startOnce(request)
                median { startOnce(request) }
            }
            "prewarmed" -> {
                prewarmChannel()
                startOnce(request)
            }
            else -> startOnce(request)
        }
        println(ms)
    }

    private fun startOnce(request: InitializeRequest): Double {
        val started = System.nanoTime()
        return startHelper().use { helper ->
            helper.helperService.initialize(request)
            (System.nanoTime() - started) / 1e6
        }
    }
}

private fun median(sample: () -> Double): Double = List(ROUNDS) { sample() }.sorted()[ROUNDS / 2]

private fun timed(action: () -> Unit): Double {
    val started = System.nanoTime()
    action()
    return (System.nanoTime() - started) / 1e6
}
