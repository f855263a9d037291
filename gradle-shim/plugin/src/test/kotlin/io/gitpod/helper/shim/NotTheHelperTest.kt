package io.gitpod.helper.shim

import io.gitpod.helper.shim.support.health
import io.gitpod.helper.shim.support.node
import io.gitpod.helper.shim.support.startInstead
import io.grpc.Status
import io.grpc.StatusRuntimeException
import io.grpc.health.v1.HealthCheckRequest
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir

private val anyService = HealthCheckRequest.getDefaultInstance()

/** What is said when something else is started in the helper's place. */
class NotTheHelperTest {
    @Test
    fun `a program that prints text is said to print it`() =
        startInstead(node, "-e", "console.log('Debugger listening'); process.stdin.resume()").use { helper ->
            val error = assertThrows<StatusRuntimeException> { helper.health.check(anyService) }

            val trouble = helper.troubleBehind(error)
            assertEquals(HelperTrouble.NotAHelper("Debugger listening"), trouble)
            assertTrue("\"Debugger listening\"" in trouble!!.message, trouble.message)
        }

    @Test
    fun `a program that ends at once is said to have ended, with its exit code and last words`() =
        startInstead(node, "-e", "console.error('first'); console.error('last'); process.exitCode = 3").use { helper ->
            val error = assertThrows<StatusRuntimeException> { helper.health.check(anyService) }

            assertEquals(Status.Code.UNAVAILABLE, error.status.code)
            assertEquals(HelperTrouble.Ended(3, listOf("first", "last")), helper.troubleBehind(error))
        }

    @Test
    fun `a program that says nothing runs into the deadline, and is ended`() {
        val helper = startInstead(node, "-e", "setInterval(() => {}, 1000)")
        val error = helper.use {
            assertThrows<StatusRuntimeException> {
                it.health.withDeadlineAfter(200, TimeUnit.MILLISECONDS).check(anyService)
            }
        }
        assertEquals(Status.Code.DEADLINE_EXCEEDED, error.status.code)
        assertNull(helper.troubleBehind(error))
        assertFalse(helper.isAlive)
    }

    @Test
    fun `a program that does not exist is not started`(@TempDir directory: Path) {
        val missing = directory.resolve("node")
        val error = assertThrows<HelperNotStartedException> { startInstead(missing) }

        assertEquals(missing, error.command.program)
        assertNotNull(error.cause)
    }

    @Test
    fun `a program gets the environment it is given and no other`() {
        val printNames = HelperCommand(node, listOf("-e", "console.error(Object.keys(process.env).join())"))
        val helper = HelperProcess.start(printNames, mapOf("GIVEN" to "x")) {}
        helper.close()
        assertEquals(listOf("GIVEN"), helper.lastLogLines())
    }
}
