package io.gitpod.helper.shim

import io.gitpod.helper.shim.support.ConnectStream
import io.gitpod.helper.shim.support.Installation
import io.gitpod.helper.shim.support.InstallationResolver
import io.gitpod.helper.shim.support.health
import io.gitpod.helper.shim.support.initialize
import io.gitpod.helper.shim.support.signal
import io.gitpod.helper.shim.support.startHelper
import io.gitpod.helper.shim.support.withHelper
import io.gitpod.helper.shim.support.workspace
import io.gitpod.helper.v1.ConnectRequest
import io.gitpod.helper.v1.ConnectResponse.EventCase
import io.grpc.Status
import io.grpc.StatusRuntimeException
import io.grpc.health.v1.HealthCheckRequest
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.system.measureTimeMillis
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.extension.ExtendWith

private val anyService = HealthCheckRequest.getDefaultInstance()

/** How a helper ends, and what is seen of it. */
@ExtendWith(InstallationResolver::class)
class HelperLifeTest {
    @Test
    fun `close ends the helper and every thread of its channel`(installation: Installation) {
        val before = Thread.getAllStackTraces().keys
        val helper = startHelper()
        helper.initialize(installation)
        val connection = ConnectStream(helper, connectRequest(installation))
        connection.readUntil(EventCase.READY)

        val elapsedMs = measureTimeMillis { helper.close() }

        assertGone(helper)
        assertTrue(elapsedMs < 2_000, "it had to be killed: $elapsedMs ms")
        // The JDK keeps the thread that waits for processes.
        val more = (Thread.getAllStackTraces().keys - before).filter { it.name != "process reaper" }
        more.forEach { it.join(2_000) }
        assertEquals(emptyList<String>(), more.filter { it.isAlive }.map { it.name })
        val error = assertThrows<StatusRuntimeException> { connection.readToEnd() }
        assertEquals(Status.Code.UNAVAILABLE, error.status.code)
        helper.close()
    }

    @Test
    fun `close ends a helper that was never called`() {
        val helper = startHelper()

        val elapsedMs = measureTimeMillis { helper.close() }

        assertGone(helper)
        assertTrue(elapsedMs < 2_000, "it had to be killed: $elapsedMs ms")
    }

    @Test
    fun `close kills a helper that is frozen`() {
        val helper = startHelper()
        helper.health.check(anyService)
        helper.signal("STOP")

        helper.close()

        assertGone(helper)
    }

    @Test
    fun `a helper that is killed breaks its calls off at once`(installation: Installation) = withHelper { helper ->
        helper.initialize(installation)
        ConnectStream(helper, connectRequest(installation)).use { connection ->
            connection.readUntil(EventCase.READY)
            helper.signal("KILL")

            lateinit var error: StatusRuntimeException
            val elapsedMs = measureTimeMillis { error = assertThrows { connection.readToEnd() } }

            assertEquals(Status.Code.UNAVAILABLE, error.status.code)
            assertTrue(elapsedMs < 2_000, "it took $elapsedMs ms")
            assertNull(error.helperFailure())
            val ended = assertInstanceOf(HelperTrouble.Ended::class.java, helper.troubleBehind(error))
            assertEquals(128 + 9, ended.exitCode)
        }
    }

    @Test
    fun `a call to a helper that is gone fails at once`() = withHelper { helper ->
        helper.health.check(anyService)
        helper.signal("KILL")
        assertThrows<StatusRuntimeException> { helper.health.check(anyService) }

        val error = assertThrows<StatusRuntimeException> { helper.health.check(anyService) }

        assertEquals(Status.Code.UNAVAILABLE, error.status.code)
        assertInstanceOf(HelperTrouble.Ended::class.java, helper.troubleBehind(error))
    }

    @Test
    fun `a call refused by a helper that is well shows no trouble`() = withHelper { helper ->
        val unknown = HealthCheckRequest.newBuilder().setService("unknown").build()
        val error = assertThrows<StatusRuntimeException> { helper.health.check(unknown) }

        assertEquals(Status.Code.NOT_FOUND, error.status.code)
        assertNull(error.helperFailure())
        assertNull(helper.troubleBehind(error))
    }

    @Test
    fun `the log arrives line by line`() {
        val lines = CopyOnWriteArrayList<String>()
        val helper = startHelper(onLogLine = lines::add)
        helper.health.check(anyService)
        helper.close()

        assertTrue(lines.any { "transport.shutdown" in it }, lines.toString())
        assertEquals(lines, helper.lastLogLines())
    }

    private fun connectRequest(installation: Installation) =
        ConnectRequest.newBuilder().setWorkspace(installation.workspace("ready")).build()

    private fun assertGone(helper: HelperProcess) {
        assertFalse(helper.isAlive)
        assertTrue(ProcessHandle.of(helper.pid).isEmpty)
    }
}
