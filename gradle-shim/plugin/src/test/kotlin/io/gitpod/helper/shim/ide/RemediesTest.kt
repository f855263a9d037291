package io.gitpod.helper.shim.ide

import io.gitpod.helper.shim.support.Installation
import io.gitpod.helper.shim.support.InstallationResolver
import io.gitpod.helper.shim.support.Plugin
import io.gitpod.helper.shim.support.agreeInBrowser
import io.gitpod.helper.shim.support.await
import io.gitpod.helper.shim.support.button
import io.gitpod.helper.shim.support.labels
import io.gitpod.helper.shim.support.onEdt
import io.gitpod.helper.shim.support.ownSignInPorts
import io.gitpod.helper.shim.view.FailurePanel
import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.FailureCode
import io.gitpod.helper.v1.Remedy
import io.gitpod.helper.v1.RemedyAction
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import java.util.concurrent.CopyOnWriteArrayList
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith

/** What each button below a failure does, with the built helper. */
@ExtendWith(InstallationResolver::class)
class RemediesTest(private val installation: Installation) {
    private val plugin = Plugin(installation)
    private val retried = CopyOnWriteArrayList<Boolean>()
    private val panel = onEdt { FailurePanel({ plugin.service.remedies(installation.gitpod.host) }, retried::add) }

    @AfterEach
    fun close() = plugin.close()

    @Test
    fun `trying again and starting the workspace make the same call`() {
        show(remedy(RemedyAction.REMEDY_ACTION_RETRY), remedy(RemedyAction.REMEDY_ACTION_START_WORKSPACE))
        click("Try Again")
        click("Start Workspace")
        assertEquals(listOf(false, true), retried)
    }

    @Test
    fun `a page is opened, and a command is copied, which is told`() {
        show(
            remedy(RemedyAction.REMEDY_ACTION_OPEN_URL) { url = "https://gitpod.io/user/keys" },
            remedy(RemedyAction.REMEDY_ACTION_RUN_COMMAND) { command = "ssh-add" },
        )
        click("Open Keys Page")
        click("Copy Command")
        assertEquals(listOf("https://gitpod.io/user/keys"), plugin.ide.browsed)
        assertEquals(listOf("ssh-add"), plugin.ide.copied)
        assertTrue("Copied." in onEdt { panel.labels() })
    }

    @Test
    fun `what is a setting is said, beside one button for the settings`() {
        show(
            remedy(RemedyAction.REMEDY_ACTION_CHANGE_SETTING) { text = "Name its certificate" },
            remedy(RemedyAction.REMEDY_ACTION_CHANGE_SETTING) { text = "Ask your administrators" },
        )
        assertTrue(onEdt { panel.labels() }.containsAll(listOf("• Name its certificate", "• Ask your administrators")))
        click("Open Settings")
        assertEquals(1, plugin.ide.settingsOpened)
    }

    @Test
    fun `diagnostics are a text, with the helper's archive in a file of the user's alone`() {
        plugin.life.want()
        plugin.awaitRunning()
        show(remedy(RemedyAction.REMEDY_ACTION_COLLECT_DIAGNOSTICS))
        click("Copy Diagnostics")
        await("it is told") { "Copied." in onEdt { panel.labels() } }

        val text = plugin.ide.copied.single()
        val lines = text.lines()
        assertTrue(lines.first().startsWith("Plugin 0.0.1, IDE GW-243.1, helper "), text)
        assertEquals("FAILURE_CODE_INTERNAL: It does not work.", lines[1])
        assertEquals("  host: gitpod.io", lines[2])
        val archive = Path.of(lines.single { it.startsWith("Archive: ") }.removePrefix("Archive: "))
        try {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)))
            val list = ProcessBuilder("tar", "-tzf", archive.toString()).start()
            val names = list.inputReader().readLines()
            assertEquals(0, list.waitFor())
            assertTrue(names.size > 2, names.toString())
        } finally {
            Files.delete(archive)
        }
        assertFalse(installation.gitpod.token in text)
    }

    @Test
    fun `without a helper, diagnostics are what the plugin knows`() {
        show(remedy(RemedyAction.REMEDY_ACTION_COLLECT_DIAGNOSTICS))
        click("Copy Diagnostics")
        await("it is told") { "Copied." in onEdt { panel.labels() } }
        assertEquals("Plugin 0.0.1, IDE GW-243.1, helper not running", plugin.ide.copied.single().lines().first())
    }

    @Test
    fun `a sign-in in the browser makes the same call again`() = ownSignInPorts().use {
        plugin.ide.tokens.clear()
        plugin.life.want()
        plugin.awaitRunning()
        show(remedy(RemedyAction.REMEDY_ACTION_SIGN_IN))
        click("Sign In")
        assertTrue("Waiting for your browser…" in onEdt { panel.labels() })
        await("the page is opened") { plugin.ide.browsed.isNotEmpty() }
        assertEquals(emptyList<Boolean>(), retried)
        installation.agreeInBrowser(plugin.ide.browsed.single())
        await("it is tried again") { retried == listOf(false) }
        assertFalse("Waiting for your browser…" in onEdt { panel.labels() })
    }

    @Test
    fun `a sign-in to an installation that a link has brought is known to the next helper, too`() = ownSignInPorts().use {
        plugin.ide.tokens.clear()
        plugin.ide.settings = ShimSettings(listOf("gitpod.example.org"))
        plugin.life.want()
        plugin.awaitRunning()
        show(remedy(RemedyAction.REMEDY_ACTION_SIGN_IN))
        click("Sign In")
        await("the page is opened") { plugin.ide.browsed.isNotEmpty() }
        installation.agreeInBrowser(plugin.ide.browsed.single())
        await("it is tried again") { retried == listOf(false) }
        assertEquals(listOf(installation.gitpod.host), initializeRequest(plugin.ide).credentialsList.map { it.host })
    }

    @Test
    fun `a sign-in without a helper is said to be none`() {
        show(remedy(RemedyAction.REMEDY_ACTION_SIGN_IN))
        click("Sign In")
        await("it is told") { "The Gitpod helper is being started." in onEdt { panel.labels() } }
        assertEquals(emptyList<Boolean>(), retried)
    }

    private fun click(text: String) = onEdt { panel.button(text).doClick(0) }

    private fun show(vararg remedies: Remedy) = onEdt {
        panel.show(
            Failure.newBuilder().setCode(FailureCode.FAILURE_CODE_INTERNAL).setMessage("It does not work.")
                .putDetails("host", "gitpod.io").addAllRemedies(remedies.toList()).build(),
        )
    }

    private fun remedy(action: RemedyAction, more: Remedy.Builder.() -> Unit = {}): Remedy =
        Remedy.newBuilder().setAction(action).setText("Do it").apply(more).build()
}
