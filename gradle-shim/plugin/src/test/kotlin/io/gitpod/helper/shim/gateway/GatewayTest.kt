package io.gitpod.helper.shim.gateway

import com.jetbrains.gateway.api.ConnectionRequestor
import com.jetbrains.gateway.api.CustomConnectionFrameContext
import com.jetbrains.gateway.api.GatewayConnectionHandle
import com.jetbrains.rd.util.lifetime.LifetimeDefinition
import com.jetbrains.rd.util.lifetime.LifetimeStatus
import io.gitpod.helper.shim.support.Installation
import io.gitpod.helper.shim.support.InstallationResolver
import io.gitpod.helper.shim.support.JoinLink
import io.gitpod.helper.shim.support.Plugin
import io.gitpod.helper.shim.support.StandInClient
import io.gitpod.helper.shim.support.ThinClient
import io.gitpod.helper.shim.support.await
import io.gitpod.helper.shim.support.awaitPortClosed
import io.gitpod.helper.shim.support.labels
import io.gitpod.helper.shim.support.occupy
import io.gitpod.helper.shim.support.onEdt
import io.gitpod.helper.shim.support.signal
import io.gitpod.helper.shim.support.workspace
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith

/** Does what JetBrains Gateway does with the plugin: a link, a frame, a thin client. */
@ExtendWith(InstallationResolver::class)
class GatewayTest(private val installation: Installation) {
    private val plugin = Plugin(installation)
    private val provider = GitpodConnectionProvider { plugin.service }

    @AfterEach
    fun close() = plugin.close()

    @Test
    fun `a link opens a thin client that reads the backend's first byte, and ending frees the port`() {
        val handle = connect("ready")
        val frame = frameOf(handle)
        val client = plugin.clients.awaitClient()

        assertJoins(client)
        await("the frame says so") { "Connected to ${id("ready")}" in onEdt { frame.labels() } }
        val port = client.link.port
        (handle.lifetime as LifetimeDefinition).terminate()
        awaitPortClosed(port)
    }

    @Test
    fun `a second click brings the window to the front`() {
        connect("ready")
        val client = plugin.clients.awaitClient()

        assertNull(connectOrNull("ready"))
        await("it is asked") { client.asked == listOf("focusClientWindow") }
        assertEquals(1, plugin.clients.clients.size)
    }

    @Test
    fun `a person who closes the client ends the connection`() {
        val handle = connect("ready")
        val frame = frameOf(handle)
        val client = plugin.clients.awaitClient()
        await("it is watched") { "Disconnect" in onEdt { frame.labels() } }

        client.clientClosed.fire(Unit)

        awaitPortClosed(client.link.port)
        await("its frame goes") { handle.lifetime.status == LifetimeStatus.Terminated }
        assertNotNull(connectOrNull("ready"), "it can be connected again")
    }

    @Test
    fun `a helper that is killed is replaced behind the same local port, and the client told`() {
        val handle = connect("ready")
        val client = plugin.clients.awaitClient()
        plugin.helper().signal("KILL")

        await("another helper runs") { plugin.helpers.size == 2 }
        await("the client is to try again") { client.asked.isNotEmpty() }

        assertEquals(listOf("notifyReconnect"), client.asked)
        assertNull(client.replaced)
        assertJoins(client)
        (handle.lifetime as LifetimeDefinition).terminate()
        awaitPortClosed(client.link.port)
    }

    @Test
    fun `when the local port was taken meanwhile, the client gets the new link`() {
        connect("ready")
        val client = plugin.clients.awaitClient()
        val port = client.link.port
        plugin.helper().signal("KILL")
        val squatter = occupy(port)
        try {
            await("the client gets a link") { client.replaced != null }
            assertTrue(client.replaced!!.port != port)
            assertJoins(StandInClient(client.replaced!!))
        } finally {
            squatter.close()
        }
    }

    @Test
    fun `a client that cannot be told to try again keeps its connection, since it tries by itself`() {
        val handle = connect("ready")
        val frame = frameOf(handle)
        val client = plugin.clients.awaitClient().apply { isDeaf = true }
        plugin.helper().signal("KILL")
        await("another helper runs") { plugin.helpers.size == 2 }
        await("it is connected again") { "Connected to ${id("ready")}" in onEdt { frame.labels() } }
        assertJoins(client)
    }

    @Test
    fun `a client that cannot be given another link is said to be in the way`() {
        val frame = frameOf(connect("ready"))
        val client = plugin.clients.awaitClient().apply { isDeaf = true }
        plugin.helper().signal("KILL")
        occupy(client.link.port).use {
            await("it says so") { onEdt { frame.labels() }.any { "no other link for this client" in it && "GW-243.1" in it } }
        }
    }

    @Test
    fun `other settings connect again behind the same local port`() {
        val handle = connect("ready")
        val client = plugin.clients.awaitClient()
        plugin.life.initializeAgain()
        await("the client is to try again") { client.asked == listOf("notifyReconnect") }
        assertJoins(client)
        assertEquals(LifetimeStatus.Alive, handle.lifetime.status)
    }

    @Test
    fun `an installation that is removed while it is connected is said to need a sign-in`() {
        val frame = frameOf(connect("ready"))
        val client = plugin.clients.awaitClient()
        plugin.ide.settings = plugin.ide.settings.copy(hosts = listOf("gitpod.io"))
        plugin.life.initializeAgain()
        await("it says so") { "Sign In" in onEdt { frame.labels() } }
        awaitPortClosed(client.link.port)
    }

    @Test
    fun `a stopped workspace is started only with consent, which the frame asks for`() {
        val handle = connect("stopped")
        val frame = frameOf(handle)
        await("it asks") { "Start Workspace" in onEdt { frame.labels() } }
        (handle.lifetime as LifetimeDefinition).terminate()
    }

    @Test
    fun `a failure is shown with its remedies as buttons`() {
        val provided = provider.parametersFor("octocat-nothing-0123456789a")
        val handle = runBlocking { provider.connect(provided, ConnectionRequestor.Local) }!!
        val frame = frameOf(handle)
        await("it says so") { onEdt { frame.labels() }.any { "Not connected" in it } }
        val texts = onEdt { frame.labels() }
        assertTrue(texts.any { "octocat-nothing-0123456789a" in it }, texts.toString())
        (handle.lifetime as LifetimeDefinition).terminate()
    }

    @Test
    fun `a link that no dashboard made is answered with one sentence`() {
        val bad = provider.parametersFor("../../etc")
        val frame = frameOf(runBlocking { provider.connect(bad, ConnectionRequestor.Local) }!!)
        assertTrue(onEdt { frame.labels() }.any { "its workspaceId is not one that Gitpod makes" in it })
    }

    @Test
    fun `an IDE that cannot open a client is said to lack it`() {
        plugin.clients.refuse = true
        val frame = frameOf(connect("ready"))
        await("it says so") { onEdt { frame.labels() }.any { "no client for this build" in it && "GW-243.1" in it } }
    }

    private fun GitpodConnectionProvider.parametersFor(workspaceId: String) =
        mapOf("gitpodHost" to installation.gitpod.host, "workspaceId" to workspaceId).also { assertTrue(isApplicable(it)) }

    private fun id(role: String) = installation.gitpod.workspaceIds.getValue(role)

    private fun connectOrNull(role: String): GatewayConnectionHandle? = runBlocking {
        provider.connect(ConnectLink.parametersFor(installation.workspace(role)), ConnectionRequestor.Local)
    }

    private fun connect(role: String): GatewayConnectionHandle = connectOrNull(role)!!

    private fun frameOf(handle: GatewayConnectionHandle) = onEdt {
        handle.customComponentProvider(handle.lifetime)!!.createComponent(object : CustomConnectionFrameContext {})
    }

    private fun assertJoins(client: StandInClient) {
        val link = JoinLink(client.link.toString())
        ThinClient.connect(link).use {
            assertEquals(link.fingerprint, it.backendFingerprint)
            assertTrue(it.join(link.ticket).startsWith("READY "))
        }
    }
}
