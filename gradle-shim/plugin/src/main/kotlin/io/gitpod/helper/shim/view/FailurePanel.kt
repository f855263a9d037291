package io.gitpod.helper.shim.view

import io.gitpod.helper.shim.Texts
import io.gitpod.helper.shim.ide.Remedies
import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.Remedy
import io.gitpod.helper.v1.RemedyAction
import java.awt.Graphics
import javax.swing.BorderFactory
import javax.swing.JButton
import javax.swing.JPanel

/** A failure in words, and what can be done about it: as buttons where the plugin can do it. */
internal class FailurePanel(
    private val remedies: (Failure) -> Remedies,
    private val retry: (startIfStopped: Boolean) -> Unit,
) : JPanel(Column()) {
    private var shown: Failure? = null

    init {
        border = BorderFactory.createEmptyBorder(10, 12, 10, 12)
        isOpaque = false
        isVisible = false
    }

    fun show(failure: Failure?) {
        if (failure == shown) return
        shown = failure
        removeAll()
        isVisible = failure != null
        if (failure != null) fill(failure)
        revalidate()
        repaint()
    }

    override fun paintComponent(graphics: Graphics) {
        graphics.color = Colours.noticeBackground()
        graphics.fillRoundRect(0, 0, width, height, 12, 12)
        super.paintComponent(graphics)
    }

    private fun fill(failure: Failure) {
        add(paragraph(failure.message).apply { foreground = Colours.badText(Colours.noticeBackground()) })
        val remedies = remedies(failure)
        val (buttons, texts) = failure.remediesList.partition(remedies::isButton)
        texts.forEach { add(paragraph("• ${it.text}")) }
        val told = paragraph().apply { isVisible = false }
        val shown = buttons.map { button(it, failure, remedies, told::showOrHide) } + settingsButton(texts, remedies)
        if (shown.isNotEmpty()) add(row(*shown.toTypedArray()))
        add(told)
    }

    private fun button(remedy: Remedy, failure: Failure, remedies: Remedies, tell: (String) -> Unit) = JButton(labelOf(remedy)).apply {
        toolTipText = listOf(remedy.text, remedy.command, remedy.url).filter(String::isNotEmpty).joinToString(" – ")
        addActionListener { remedies.perform(remedy, failure, retry, tell) }
    }

    /** One for all the texts about settings: which of them is the plugin's, only a person can tell. */
    private fun settingsButton(texts: List<Remedy>, remedies: Remedies): List<JButton> {
        if (texts.none { it.action == RemedyAction.REMEDY_ACTION_CHANGE_SETTING }) return emptyList()
        return listOf(JButton(Texts.get("remedy.openSettings")).apply { addActionListener { remedies.openSettings() } })
    }

    /** Short, since the remedy itself is a sentence; that is in the tooltip. */
    private fun labelOf(remedy: Remedy): String = when (remedy.action) {
        RemedyAction.REMEDY_ACTION_RETRY -> Texts.get("remedy.retry")
        RemedyAction.REMEDY_ACTION_SIGN_IN -> Texts.get("remedy.signIn")
        RemedyAction.REMEDY_ACTION_START_WORKSPACE -> Texts.get("remedy.start")
        RemedyAction.REMEDY_ACTION_RUN_COMMAND -> Texts.get("remedy.copyCommand")
        RemedyAction.REMEDY_ACTION_COLLECT_DIAGNOSTICS -> Texts.get("remedy.copyDiagnostics")
        else -> if ("keys" in remedy.url) Texts.get("remedy.openKeys") else Texts.get("remedy.openPage")
    }
}
