package io.gitpod.helper.shim.view

import java.awt.GridBagLayout
import javax.swing.BorderFactory
import javax.swing.JButton
import javax.swing.JLabel
import javax.swing.JPanel
import javax.swing.SwingConstants

/** Narrow enough for every frame; an HTML label does not wrap by itself. */
private const val WIDTH_PX = 240

/** A sentence in place of content, with a button or none. */
internal class MessagePanel(title: String, detail: String = "", button: JButton? = null) : JPanel(Column(10)) {
    init {
        isOpaque = false
        border = BorderFactory.createEmptyBorder(32, 24, 32, 24)
        add(JLabel(GitpodIcon(32), SwingConstants.CENTER))
        add(centred(title).apply { font = font.deriveFont(java.awt.Font.BOLD) })
        if (detail.isNotEmpty()) add(centred(detail).apply { foreground = Colours.secondary(Colours.text, Colours.listBackground) })
        if (button != null) add(JPanel(GridBagLayout()).apply { isOpaque = false; add(button) })
    }

    /** HTML wraps; the text itself is none. */
    private fun centred(text: String): JLabel {
        val escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return JLabel("<html><div style='text-align: center; width: ${WIDTH_PX}px'>$escaped</div></html>", SwingConstants.CENTER).apply {
            toolTipText = text
        }
    }
}
