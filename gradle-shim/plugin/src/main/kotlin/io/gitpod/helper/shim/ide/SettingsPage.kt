package io.gitpod.helper.shim.ide

import com.intellij.openapi.options.Configurable
import com.intellij.openapi.options.ConfigurationException
import io.gitpod.helper.shim.Texts
import io.gitpod.helper.shim.view.SettingsPanel
import javax.swing.JComponent

/** The plugin's page in the IDE's settings. */
class SettingsPage : Configurable {
    private val service = ShimService.get()
    private var panel: SettingsPanel? = null

    override fun getDisplayName(): String = Texts.get("settings.title")

    override fun createComponent(): JComponent = SettingsPanel().also {
        panel = it
        it.show(service.ide.settings)
    }

    override fun isModified(): Boolean = panel?.read()?.getOrNull() != service.ide.settings

    override fun apply() {
        val panel = panel ?: return
        service.ide.settings = panel.read().getOrElse { throw ConfigurationException(it.message) }
        service.life.initializeAgain()
    }

    override fun reset() {
        panel?.show(service.ide.settings)
    }
}
