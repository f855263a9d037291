package io.gitpod.helper.shim.view

import io.gitpod.helper.shim.Texts
import io.gitpod.helper.shim.ide.ShimSettings
import javax.swing.BorderFactory
import javax.swing.JCheckBox
import javax.swing.JComponent
import javax.swing.JLabel
import javax.swing.JPanel
import javax.swing.JScrollPane
import javax.swing.JSpinner
import javax.swing.JTextArea
import javax.swing.JTextField
import javax.swing.SpinnerNumberModel

private const val MAX_PORT = 65_535

/** The fields of the settings. */
internal class SettingsPanel : JPanel(Column(12)) {
    private val hosts = JTextArea(4, 20)
    private val useLocalCompanion = JCheckBox(Texts.get("settings.useLocalCompanion"))
    private val sshPort = JSpinner(SpinnerNumberModel(0, 0, MAX_PORT, 1)).apply { editor = JSpinner.NumberEditor(this, "0") }
    private val caFile = JTextField(20)
    private val heartbeat = JCheckBox(Texts.get("settings.heartbeat"))

    init {
        border = BorderFactory.createEmptyBorder(12, 12, 12, 12)
        add(labelled("settings.hosts", hosts, JScrollPane(hosts)))
        add(labelled("settings.caFile", caFile, caFile))
        val portLabel = JLabel(Texts.get("settings.sshPort")).apply { labelFor = sshPort }
        add(row(portLabel, sshPort, secondary("settings.sshPort.hint")))
        add(useLocalCompanion.apply { isOpaque = false })
        add(heartbeat.apply { isOpaque = false })
        add(secondary("settings.applied"))
    }

    fun show(settings: ShimSettings) {
        hosts.text = settings.hosts.joinToString("\n")
        useLocalCompanion.isSelected = settings.useLocalCompanion
        sshPort.value = settings.sshPort
        caFile.text = settings.caFile
        heartbeat.isSelected = settings.heartbeat
    }

    /** What is in the fields, or why it cannot be taken. */
    fun read(): Result<ShimSettings> {
        val named = hosts.text.lines().map { ShimSettings.nameOf(it.trim()) }.filter(String::isNotEmpty).distinct()
        val wrong = named.firstOrNull { !ShimSettings.isHost(it) }
        return when {
            wrong != null -> refused(Texts.get("settings.host.invalid", wrong))
            named.isEmpty() -> refused(Texts.get("settings.host.none"))
            else -> Result.success(
                ShimSettings(named, useLocalCompanion.isSelected, sshPort.value as Int, caFile.text.trim(), heartbeat.isSelected),
            )
        }
    }

    private fun refused(message: String): Result<ShimSettings> = Result.failure(IllegalArgumentException(message))

    private fun labelled(key: String, field: JComponent, shown: JComponent) =
        column(JLabel(Texts.get(key)).apply { labelFor = field }, shown, gapPx = 3)

    private fun secondary(key: String) =
        JLabel(Texts.get(key)).apply { foreground = Colours.secondary(Colours.text, Colours.background) }
}
