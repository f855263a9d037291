package io.gitpod.helper.shim.gateway

import io.gitpod.helper.shim.model.ConnectionModel
import io.gitpod.helper.shim.model.ConnectionState
import io.gitpod.helper.shim.support.Installation
import io.gitpod.helper.shim.support.LinksOnlyClient
import io.gitpod.helper.shim.support.Plugin
import io.gitpod.helper.shim.support.await
import io.gitpod.helper.shim.support.button
import io.gitpod.helper.shim.support.labels
import io.gitpod.helper.shim.support.onEdt
import io.gitpod.helper.shim.support.supportScript
import io.gitpod.helper.shim.support.visible
import io.gitpod.helper.shim.support.workspace
import io.gitpod.helper.shim.support.workspaceService
import io.gitpod.helper.shim.view.ConnectionPanel
import io.gitpod.helper.v1.ConnectRequest
import io.gitpod.helper.v1.ConnectionMethod
import io.gitpod.helper.v1.ListWorkspacesRequest
import io.gitpod.helper.v1.ProxySettings
import io.gitpod.helper.v1.StopWorkspaceRequest
import io.gitpod.helper.v1.WorkspacePhase
import javax.swing.JPasswordField
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance

private const val PASSPHRASE = "open sesame"

/** What the frame of a connection asks, and what comes of the answers, with the built helper. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PromptsTest {
    private val installation = Installation()
    private val plugins = mutableListOf<Plugin>()
    private var model: ConnectionModel? = null
    private var onChange: (ConnectionState) -> Unit = {}

    @AfterEach
    fun closePlugin() {
        model?.close()
        plugins.forEach(Plugin::close)
        plugins.clear()
    }

    @AfterAll
    fun closeInstallation() = installation.close()

    @Test
    fun `a passphrase is asked for until it is right, and nothing is said of it`() {
        val lockedKey = installation.home.resolve(".ssh/id_ed25519")
        passphrase(lockedKey.toString(), from = "", to = PASSPHRASE)
        try {
            val frame = connect("ready") { method = ConnectionMethod.CONNECTION_METHOD_SSH_GATEWAY_KEY }
            await("it is asked for") { "Passphrase for the key $lockedKey" in onEdt { frame.labels() } }
            type(frame, "not it")
            await("it is asked for again") { onEdt { frame.labels() }.any { it.startsWith("That was not it. Passphrase for") } }
            type(frame, PASSPHRASE)
            await("it is connected") { model!!.state.ready }
            assertTrue(plugins.last().helper().lastLogLines().none { PASSPHRASE in it })
        } finally {
            passphrase(lockedKey.toString(), from = PASSPHRASE, to = "")
        }
    }

    @Test
    fun `a passphrase that nobody wants to give ends the connection with what else can be done`() {
        val lockedKey = installation.home.resolve(".ssh/id_ed25519")
        passphrase(lockedKey.toString(), from = "", to = PASSPHRASE)
        try {
            val frame = connect("ready") { method = ConnectionMethod.CONNECTION_METHOD_SSH_GATEWAY_KEY }
            await("it is asked for") { "Passphrase for the key $lockedKey" in onEdt { frame.labels() } }
            onEdt { frame.visible().filterIsInstance<JPasswordField>().single().parent.button("Cancel").doClick(0) }
            await("it is over") { model!!.state.ended }
            await("it says why") { onEdt { frame.labels() }.any { "passphrase" in it } }
        } finally {
            passphrase(lockedKey.toString(), from = PASSPHRASE, to = "")
        }
    }

    @Test
    fun `a proxy's password is asked for where it is needed`() = supportScript("proxy/httpProxy.ts", "ada", "proxy secret").use { proxy ->
        val settings = ProxySettings.newBuilder().setUrl(proxy.line).setUsername("ada").build()
        val frame = connect("ready", settings)
        await("it is asked for") { onEdt { frame.labels() }.any { proxy.line.substringAfter("//") in it && "assword" in it } }
        type(frame, "proxy secret")
        await("it is connected") { model!!.state.ready }
        assertFalse(plugins.last().helper().lastLogLines().any { "proxy secret" in it })
    }

    @Test
    fun `a stopped workspace is left alone by who declines, and started by who agrees, now or then`() {
        val frame = connect("stopped")
        await("it is asked") { "Not Now" in onEdt { frame.labels() } }
        onEdt { frame.button("Not Now").doClick(0) }
        await("it is over") { model!!.state.ended }
        await("it is offered") { "Start Workspace" in onEdt { frame.labels() } }
        onEdt { frame.button("Start Workspace").doClick(0) }
        await("it is connected") { model!!.state.ready }
        stop("stopped")

        val again = connect("stopped")
        await("it is asked") { "Not Now" in onEdt { again.labels() } }
        onEdt { again.button("Start Workspace").doClick(0) }
        await("it is connected") { model!!.state.ready }
    }

    private fun stop(role: String) {
        val service = plugins.last().helper().workspaceService
        service.stopWorkspace(StopWorkspaceRequest.newBuilder().setWorkspace(installation.workspace(role)).build())
        await("it is stopped") {
            service.listWorkspaces(ListWorkspacesRequest.getDefaultInstance()).workspacesList
                .single { it.ref == installation.workspace(role) }.phase == WorkspacePhase.WORKSPACE_PHASE_STOPPED
        }
    }

    private fun type(frame: ConnectionPanel, secret: String) = onEdt {
        val field = frame.visible().filterIsInstance<JPasswordField>().single()
        field.text = secret
        field.postActionEvent()
    }

    private fun connect(role: String, proxy: ProxySettings? = null, more: ConnectRequest.Builder.() -> Unit = {}): ConnectionPanel {
        val plugin = Plugin(installation).also(plugins::add)
        plugin.ide.proxy = proxy
        val request = ConnectRequest.newBuilder().setWorkspace(installation.workspace(role)).apply(more).build()
        val connection = ConnectionModel(plugin.life, plugin.service.threads, request, LinksOnlyClient()) { onChange(it) }
        model = connection
        return onEdt {
            ConnectionPanel(connection, plugin.service.remedies(installation.gitpod.host), {}).also { panel ->
                onChange = panel::show
                connection.connect()
            }
        }
    }

    private fun passphrase(file: String, from: String, to: String) {
        val keygen = ProcessBuilder("ssh-keygen", "-q", "-p", "-P", from, "-N", to, "-f", file).redirectErrorStream(true).start()
        val output = keygen.inputReader().readText()
        check(keygen.waitFor() == 0) { output }
    }
}
