package io.gitpod.helper.shim.ide

import io.gitpod.helper.shim.HelperProcess
import io.gitpod.helper.shim.helperFailure
import io.gitpod.helper.shim.life.HelperLife
import io.gitpod.helper.shim.life.HelperState
import io.gitpod.helper.v1.CollectDiagnosticsRequest
import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.HelperServiceGrpc
import io.grpc.StatusRuntimeException
import java.io.IOException
import java.nio.file.Files
import java.util.concurrent.TimeUnit

private const val DEADLINE_SECONDS = 60L

/** What somebody who helps wants to know. The helper keeps secrets out of failures, logs and its archive. */
internal class Diagnostics(private val life: HelperLife, private val ide: Ide) {
    /** As text, which names a file with the helper's archive where there is a helper. Takes its time. */
    fun collect(failure: Failure): String = buildString {
        val running = life.state as? HelperState.Running
        appendLine("Plugin ${ide.pluginVersion}, IDE ${ide.build}, helper ${running?.about?.helperVersion ?: "not running"}")
        appendLine("${failure.code}: ${failure.message}")
        failure.detailsMap.toSortedMap().forEach { (name, value) -> appendLine("  $name: $value") }
        if (running != null) appendLine("Archive: ${archive(running.helper)}")
        life.lastLogLines().forEach(::appendLine)
    }

    /** The file, or why there is none. It is the user's alone, as all temporary files of Java's are. */
    private fun archive(helper: HelperProcess): String = try {
        val parts = HelperServiceGrpc.newBlockingStub(helper.channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
            .collectDiagnostics(CollectDiagnosticsRequest.getDefaultInstance())
        val file = Files.createTempFile("gitpod-diagnostics-", ".tar.gz")
        var problem = ""
        Files.newOutputStream(file).use { output ->
            for (part in parts) {
                part.chunk.writeTo(output)
                if (part.hasFailure()) problem = " (${part.failure.message})"
            }
        }
        "$file$problem"
    } catch (error: StatusRuntimeException) {
        "none (${error.helperFailure()?.message ?: error.status.code})"
    } catch (error: IOException) {
        "none ($error)"
    }
}
