package io.gitpod.helper.shim.view

import io.gitpod.helper.shim.Texts
import io.gitpod.helper.v1.AnswerPromptRequest
import io.gitpod.helper.v1.Prompt
import io.gitpod.helper.v1.PromptKind
import java.awt.Graphics
import javax.swing.BorderFactory
import javax.swing.JButton
import javax.swing.JPanel
import javax.swing.JPasswordField
import javax.swing.SwingUtilities

/** A question, in the place where its answer is waited for. */
internal class PromptPanel(private val answer: (AnswerPromptRequest.Builder.() -> Unit) -> Unit) : JPanel(Column()) {
    private var shown: String? = null

    init {
        border = BorderFactory.createCompoundBorder(
            BorderFactory.createLineBorder(Colours.line),
            BorderFactory.createEmptyBorder(10, 12, 10, 12),
        )
        isOpaque = false
        isVisible = false
    }

    /** What is typed stays while the same question is open. */
    fun show(prompt: Prompt?) {
        if (prompt?.promptId == shown) return
        shown = prompt?.promptId
        removeAll()
        isVisible = prompt != null
        if (prompt != null) fill(prompt)
        revalidate()
    }

    override fun paintComponent(graphics: Graphics) {
        graphics.color = Colours.listBackground
        graphics.fillRect(0, 0, width, height)
        super.paintComponent(graphics)
    }

    private fun fill(prompt: Prompt) {
        add(paragraph(prompt.title))
        if (prompt.kind == PromptKind.PROMPT_KIND_START_WORKSPACE) askConsent() else askSecret(prompt.title)
    }

    private fun askConsent() {
        val yes = button("prompt.start") { answer { consent = true } }
        add(row(yes, button("prompt.no") { answer { consent = false } }))
        focusLater(yes)
    }

    private fun askSecret(title: String) {
        val field = JPasswordField(24).apply { getAccessibleContext().accessibleName = title }
        val send = {
            val typed = field.password
            answer { secret = String(typed) }
            typed.fill('\u0000')
        }
        field.addActionListener { send() }
        add(row(field, button("prompt.ok", send), button("prompt.cancel") { answer { dismissed = true } }))
        focusLater(field)
    }

    private fun button(key: String, action: () -> Unit) = JButton(Texts.get(key)).apply { addActionListener { action() } }

    private fun focusLater(component: javax.swing.JComponent) = SwingUtilities.invokeLater(component::requestFocusInWindow)
}
