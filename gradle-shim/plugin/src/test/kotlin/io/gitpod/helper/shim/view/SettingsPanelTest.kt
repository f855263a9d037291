package io.gitpod.helper.shim.view

import io.gitpod.helper.shim.ide.ShimSettings
import io.gitpod.helper.shim.support.onEdt
import io.gitpod.helper.shim.support.visible
import javax.swing.JTextArea
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** What is read from the fields of the settings. */
class SettingsPanelTest {
    @Test
    fun `an installation has the name that the helper tells of it, however it is typed`() = onEdt {
        val panel = SettingsPanel().apply { show(ShimSettings()) }
        panel.visible().filterIsInstance<JTextArea>().first().text = "GitPod.IO\ngitpod.io:443\ngitpod.Example.org:8443\n"
        assertEquals(listOf("gitpod.io", "gitpod.example.org:8443"), panel.read().getOrThrow().hosts)
    }
}
