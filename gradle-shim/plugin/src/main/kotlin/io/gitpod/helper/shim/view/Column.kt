package io.gitpod.helper.shim.view

import java.awt.Component
import java.awt.Container
import java.awt.Dimension
import java.awt.FlowLayout
import java.awt.LayoutManager
import javax.swing.BorderFactory
import javax.swing.JComponent
import javax.swing.JLabel
import javax.swing.JPanel
import javax.swing.JTextArea

/** Components below one another over the whole width, each as high as it needs to be at that width. */
internal class Column(private val gapPx: Int = 8) : LayoutManager {
    override fun layoutContainer(parent: Container) {
        place(parent, parent.width) { component, y, width, height ->
            component.setBounds(parent.insets.left, y, width, height)
        }
    }

    override fun preferredLayoutSize(parent: Container): Dimension {
        val widest = parent.components.filter { it.isVisible }.maxOfOrNull { it.preferredSize.width } ?: 0
        val insets = parent.insets
        val width = if (parent.width > 0) parent.width else widest + insets.left + insets.right
        return Dimension(widest + insets.left + insets.right, place(parent, width) { _, _, _, _ -> })
    }

    override fun minimumLayoutSize(parent: Container): Dimension = preferredLayoutSize(parent)

    override fun addLayoutComponent(name: String?, component: Component) = Unit

    override fun removeLayoutComponent(component: Component) = Unit

    /** Returns the height of all. */
    private fun place(parent: Container, parentWidth: Int, each: (Component, Int, Int, Int) -> Unit): Int {
        val insets = parent.insets
        val width = parentWidth - insets.left - insets.right
        var y = insets.top
        for (component in parent.components.filter { it.isVisible }) {
            // Text that wraps knows its height only once it has its width.
            component.setSize(width, component.height)
            val height = component.preferredSize.height
            each(component, y, width, height)
            y += height + gapPx
        }
        return maxOf(y - gapPx, insets.top) + insets.bottom
    }
}

internal fun column(vararg components: JComponent, gapPx: Int = 8): JPanel =
    JPanel(Column(gapPx)).apply {
        isOpaque = false
        components.forEach(::add)
    }

/** Components side by side, in the next line where there is no more room. */
internal fun row(vararg components: JComponent): JPanel = JPanel(WrappingFlow()).apply {
    isOpaque = false
    // A flow leaves its gaps at the edges, too.
    border = BorderFactory.createEmptyBorder(-4, -8, -4, -8)
    components.forEach(::add)
}

/** A flow that knows how high it is when it does not fit into one line. */
private class WrappingFlow : FlowLayout(LEADING, 8, 4) {
    init {
        alignOnBaseline = true
    }

    override fun preferredLayoutSize(target: Container): Dimension {
        val one = super.preferredLayoutSize(target)
        if (target.width <= 0 || one.width <= target.width) return one
        layoutContainer(target)
        val bottom = target.components.filter { it.isVisible }.maxOf { it.y + it.height }
        return Dimension(target.width, bottom + vgap + target.insets.bottom)
    }
}

/** Text of any length that can be selected and copied. */
internal fun paragraph(text: String = ""): JTextArea = Paragraph().apply {
    this.text = text
    isEditable = false
    isOpaque = false
    lineWrap = true
    wrapStyleWord = true
    border = BorderFactory.createEmptyBorder()
}

/** Nothing at all where there is no text. */
internal fun JTextArea.showOrHide(text: String) {
    if (this.text != text) this.text = text
    isVisible = text.isNotEmpty()
}

/** Looks like a label in every theme. */
private class Paragraph : JTextArea() {
    override fun updateUI() {
        super.updateUI()
        font = JLabel().font
        foreground = Colours.text
    }
}
