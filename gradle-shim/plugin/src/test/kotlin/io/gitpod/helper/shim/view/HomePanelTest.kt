package io.gitpod.helper.shim.view

import com.jetbrains.rd.util.lifetime.LifetimeDefinition
import io.gitpod.helper.shim.gateway.GitpodConnector
import io.gitpod.helper.shim.ide.ShimSettings
import io.gitpod.helper.shim.model.ThinClientException
import io.gitpod.helper.shim.model.WorkspaceRow
import io.gitpod.helper.shim.support.Installation
import io.gitpod.helper.shim.support.Plugin
import io.gitpod.helper.shim.support.agreeInBrowser
import io.gitpod.helper.shim.support.await
import io.gitpod.helper.shim.support.button
import io.gitpod.helper.shim.support.labels
import io.gitpod.helper.shim.support.onEdt
import io.gitpod.helper.shim.support.ownSignInPorts
import io.gitpod.helper.shim.support.signal
import io.gitpod.helper.shim.support.visible
import io.gitpod.helper.shim.support.workspaceById
import io.gitpod.helper.v1.WorkspacePhase
import java.awt.event.ActionEvent
import javax.swing.JList
import javax.swing.JTextField
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance

/** The page with the built helper behind it. Whatever it does on the thread that paints, calls and processes throw there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HomePanelTest {
    private val installation = Installation()
    private val host = installation.gitpod.host
    private val open = mutableListOf<AutoCloseable>()

    @AfterEach
    fun closePages() {
        open.asReversed().forEach(AutoCloseable::close)
        open.clear()
    }

    @AfterAll
    fun closeInstallation() = installation.close()

    @Test
    fun `lists live, searches, and connects`() {
        val plugin = plugin()
        val page = pageOf(plugin)
        await("all are listed") { rows(page).size >= installation.gitpod.workspaceIds.size }
        await("the account is known") { "Signed in as ada" in onEdt { page.labels() } }

        onEdt { page.visible().filterIsInstance<JTextField>().single().text = "PARCEL" }
        await("one is left") { rows(page).size == 1 }
        onEdt {
            list(page).selectedIndex = 0
            list(page).actionMap.get("connect").actionPerformed(ActionEvent(page, ActionEvent.ACTION_PERFORMED, ""))
        }
        assertEquals(installation.gitpod.workspaceIds["ready"], plugin.ide.connected.single().workspaceId)

        onEdt { page.visible().filterIsInstance<JTextField>().single().text = "nothing-has-this" }
        await("it says so") { "No workspace has all these words" in onEdt { page.labels() }.joinToString() }
    }

    @Test
    fun `starts and stops, and the list follows`() {
        val plugin = plugin()
        val page = pageOf(plugin)
        val stopped = installation.workspaceById(installation.gitpod.workspaceIds.getValue("stopped"))
        await("all are listed") { rows(page).size >= installation.gitpod.workspaceIds.size }
        fun phase() = rows(page).single { it.workspace.ref == stopped }.workspace.phase
        onEdt { page.start(stopped) }
        await("it runs") { phase() == WorkspacePhase.WORKSPACE_PHASE_RUNNING }
        onEdt { page.stop(stopped) }
        await("it is stopped") { phase() == WorkspacePhase.WORKSPACE_PHASE_STOPPED }
    }

    @Test
    fun `a start that is refused says why until the next one, and marks nothing as stale`() {
        val plugin = plugin()
        val page = pageOf(plugin)
        await("all are listed") { rows(page).size >= installation.gitpod.workspaceIds.size }
        onEdt { page.start(installation.workspaceById("acme-gone-ab12cd34ef5")) }
        fun isTold() = onEdt { page.labels() }.any { "There is no workspace acme-gone-ab12cd34ef5" in it }
        await("it says why") { isTold() }
        assertTrue(rows(page).none { it.stale })
        onEdt { page.stop(installation.workspaceById(installation.gitpod.workspaceIds.getValue("stopped"))) }
        await("it does not say so any more") { !isTold() }
    }

    @Test
    fun `while the helper is started again, what is listed is marked as stale`() {
        val plugin = plugin()
        val page = pageOf(plugin)
        await("all are listed") { rows(page).isNotEmpty() }
        plugin.helper().signal("KILL")
        await("they are stale") { rows(page).all { it.stale } }
        assertTrue(onEdt { page.labels() }.any { "exit code 137" in it })
        await("they are live again") { rows(page).isNotEmpty() && rows(page).none { it.stale } }
    }

    @Test
    fun `signed out, it offers the sign-in, opens the page, and can be cancelled`() = ownSignInPorts().use {
        val plugin = plugin()
        plugin.ide.tokens.clear()
        val page = pageOf(plugin)
        beginSignIn(plugin, page)
        onEdt { page.button("Cancel").doClick(0) }
        await("it is offered again") { "Signed out" in onEdt { page.labels() } }
    }

    @Test
    fun `a sign-in in the browser brings the list, and its token is kept until the sign-out`() = ownSignInPorts().use {
        val plugin = plugin()
        plugin.ide.tokens.clear()
        val page = pageOf(plugin)
        beginSignIn(plugin, page)
        installation.agreeInBrowser(plugin.ide.browsed.single())
        await("all are listed") { rows(page).size >= installation.gitpod.workspaceIds.size }
        assertTrue("Signed in as ada" in onEdt { page.labels() })
        assertTrue(plugin.ide.tokens.getValue(host).isNotEmpty())

        onEdt { page.button("Sign Out").doClick(0) }
        await("it is offered again") { "Signed out" in onEdt { page.labels() } }
        assertEquals(null, plugin.ide.tokens[host])
    }

    @Test
    fun `makes a workspace, and connects to it`() {
        val plugin = plugin()
        val page = pageOf(plugin)
        await("the account is known") { "Signed in as ada" in onEdt { page.labels() } }
        onEdt { page.button("New Workspace…").doClick(0) }
        await("what can be chosen is known") { "Asking what can be chosen…" !in onEdt { page.labels() } }
        onEdt {
            page.visible().filterIsInstance<JTextField>().single { it.isEditable && it.columns == 0 }.text = "https://github.com/example/new-one/tree/dev"
            page.button("Create").doClick(0)
        }
        await("it is connected to") { plugin.ide.connected.isNotEmpty() }
    }

    @Test
    fun `a JetBrains Gateway that cannot connect is said to lack what is needed`() {
        val plugin = plugin()
        val page = pageOf(plugin)
        await("all are listed") { rows(page).isNotEmpty() }
        plugin.ide.refusal = ThinClientException("This JetBrains Gateway (GW-243.1) has no GatewayUI as this plugin knows it.")
        val first = rows(page).first().workspace.ref
        onEdt { page.connect(first) }
        assertTrue(onEdt { page.labels() }.any { "has no GatewayUI" in it })
    }

    @Test
    fun `the connector's page lives as long as JetBrains Gateway shows it`() {
        val plugin = plugin()
        val connector = GitpodConnector { plugin.service }
        assertEquals(listOf("Gitpod", "Connect to Gitpod"), listOf(connector.getTitle(), connector.getActionText()))
        val lifetime = LifetimeDefinition()
        val page = onEdt { connector.createView(lifetime).component }
        await("it has the account") { "Signed in as ada" in onEdt { page.labels() } }
        val recents = onEdt { connector.getRecentConnections {}.createRecentsView(lifetime) }
        await("so have the recent ones") { "Signed in as ada" in onEdt { recents.labels() } }
        onEdt { lifetime.terminate() }
        plugin.helper().signal("KILL")
        plugin.awaitRunning()
    }

    private fun beginSignIn(plugin: Plugin, page: HomePanel) {
        await("it says so") { onEdt { page.labels() }.any { "Sign in to see your workspaces" in it } }
        onEdt { page.visible().filterIsInstance<AccountsPanel>().single().button("Sign In").doClick(0) }
        await("the page is opened") { plugin.ide.browsed.any { it.startsWith("https://$host/") } }
    }

    private fun plugin() = Plugin(installation, ShimSettings(listOf(host))).also(open::add)

    private fun pageOf(plugin: Plugin): HomePanel = onEdt { HomePanel(plugin.service.home) }.also { page -> open += AutoCloseable { onEdt(page::close) } }

    @Suppress("UNCHECKED_CAST")
    private fun list(page: HomePanel) = page.visible().filterIsInstance<JList<*>>().first() as JList<WorkspaceRow>

    private fun rows(page: HomePanel): List<WorkspaceRow> = onEdt {
        if (page.visible().none { it is JList<*> }) return@onEdt emptyList()
        list(page).model.let { model -> List(model.size, model::getElementAt) }
    }
}
