package io.gitpod.helper.shim.life

import io.gitpod.helper.shim.HelperProcess
import io.gitpod.helper.shim.model.Subscription
import io.gitpod.helper.shim.support.Installation
import io.gitpod.helper.shim.support.InstallationResolver
import io.gitpod.helper.shim.support.Told
import io.gitpod.helper.shim.support.initializeRequest
import io.gitpod.helper.shim.support.node
import io.gitpod.helper.shim.support.signal
import io.gitpod.helper.shim.support.startHelper
import io.gitpod.helper.shim.support.startInstead
import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.InitializeResponse
import io.gitpod.helper.v1.RemedyAction
import io.grpc.Channel
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicLong
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith

/** One helper for an application: started, told its settings, started again, given up. */
@ExtendWith(InstallationResolver::class)
class HelperStateTest(private val installation: Installation) {
    private val told = Told<HelperState>()
    private val helpers = CopyOnWriteArrayList<HelperProcess>()
    private val clockMs = AtomicLong()
    private var life: HelperLife? = null

    @AfterEach
    fun close() {
        life?.close()
        helpers.forEach { assertFalse(it.isAlive) }
    }

    @Test
    fun `a helper that is killed is started again, and told its settings`() {
        listen { startHelper() }
        told.await("it runs") { it is HelperState.Running }
        helpers.last().signal("KILL")
        val failure = (told.await("it is over") { it is HelperState.Restarting } as HelperState.Restarting).failure
        assertTrue("137" in failure.message, failure.message)
        told.await("it runs again") { it is HelperState.Running }
        assertEquals(2, helpers.size)
    }

    @Test
    fun `five ends within three minutes stop it, with an explanation and a button that starts it again`() {
        listen { startInstead(node, "-e", "process.exitCode = 3") }
        val failure = (told.await("it is given up") { it is HelperState.Stopped } as HelperState.Stopped).failure
        assertEquals(5, helpers.size)
        assertTrue("five times within three minutes" in failure.message && "exit code 3" in failure.message, failure.message)
        assertOffers(failure, RemedyAction.REMEDY_ACTION_RETRY, RemedyAction.REMEDY_ACTION_COLLECT_DIAGNOSTICS)

        life!!.startAgain()
        told.await("it is tried again") { it is HelperState.Restarting }
    }

    @Test
    fun `something that prints text is named, and not started again and again`() {
        listen { startInstead(node, "-e", "console.log('Debugger listening'); process.stdin.resume()") }
        val failure = (told.await("it is given up") { it is HelperState.Stopped } as HelperState.Stopped).failure
        assertTrue("\"Debugger listening\"" in failure.message, failure.message)
    }

    @Test
    fun `something that says nothing is replaced`() {
        listen(timeoutMs = 300) { startInstead(node, "-e", "setInterval(() => {}, 1000)") }
        val failure = (told.await("it is replaced") { it is HelperState.Restarting } as HelperState.Restarting).failure
        assertEquals("The Gitpod helper does not answer.", failure.message)
        assertOffers(failure, RemedyAction.REMEDY_ACTION_COLLECT_DIAGNOSTICS)
        assertFalse(helpers.first().isAlive)
    }

    @Test
    fun `a helper of another protocol version is said to be one, in one sentence with both versions`() {
        listen(minProtocol = 7) { startHelper() }
        val failure = (told.await("it is given up") { it is HelperState.Stopped } as HelperState.Stopped).failure
        assertTrue("7" in failure.message && "1" in failure.message, failure.message)
        assertEquals(1, Regex("[.!?](\\s|$)").findAll(failure.message).count(), failure.message)
        assertEquals(listOf("Install this plugin anew, so that both parts of it are of the same version."), failure.remediesList.map { it.text })
    }

    @Test
    fun `a program that cannot be started is named with the reason`() {
        listen { throw HelperFilesException("node is not the file that came with the plugin.") }
        val failure = (told.await("it is given up") { it is HelperState.Stopped } as HelperState.Stopped).failure
        assertEquals("The Gitpod helper is not started: node is not the file that came with the plugin. Install the plugin anew.", failure.message)
    }

    @Test
    fun `who is gone before the helper runs asks it for nothing`() {
        listen { startHelper() }
        val asked = CopyOnWriteArrayList<Channel>()
        Subscription<InitializeResponse>(life!!, { channel, _ -> asked += channel }, {}, {}, {}).close()
        told.await("it runs") { it is HelperState.Running }
        life!!.listen(told::invoke)
        told.await("all who listen were told") { it is HelperState.Running }
        assertEquals(emptyList<Channel>(), asked)
    }

    private fun assertOffers(failure: Failure, vararg actions: RemedyAction) =
        assertEquals(actions.toList(), failure.remediesList.map { it.action })

    private fun listen(minProtocol: Int = 1, timeoutMs: Long = 20_000, start: () -> HelperProcess) {
        val request = installation.initializeRequest().toBuilder()
            .setMinProtocolVersion(minProtocol).setMaxProtocolVersion(minProtocol).build()
        life = HelperLife({ start().also(helpers::add) }, { request }, { clockMs.get() }, timeoutMs).also { it.listen(told::invoke) }
    }
}
