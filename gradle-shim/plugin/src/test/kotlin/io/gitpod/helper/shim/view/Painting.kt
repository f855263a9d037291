package io.gitpod.helper.shim.view

import io.gitpod.helper.shim.support.pathProperty
import io.gitpod.helper.shim.support.visible
import java.awt.Color
import java.awt.Component
import java.awt.Container
import java.awt.Dimension
import java.awt.Point
import java.awt.image.BufferedImage
import java.nio.file.Files
import javax.imageio.ImageIO
import javax.swing.AbstractButton
import javax.swing.JComponent
import javax.swing.JLabel
import javax.swing.JPanel
import javax.swing.JTextArea
import org.junit.jupiter.api.Assertions.assertTrue

/** Another scale would need fonts that are measured for it, which only a screen gives. */
private const val SCALE = 1
private const val READABLE = 4.5

/** A view as it is painted without a screen. */
class Painting private constructor(private val root: JComponent, private val image: BufferedImage) {
    /** Writes it to `target/screens/`. */
    fun save(name: String) {
        val file = pathProperty("screens.directory").resolve("$name.png")
        Files.createDirectories(file.parent)
        ImageIO.write(image, "png", file.toFile())
    }

    /** Every label and button has the room it wants, or says in a tooltip what is cut. */
    fun assertNothingIsCut() {
        for (component in root.visible()) {
            val wraps = component is JLabel && component.text.orEmpty().startsWith("<html>")
            if (wraps || textOf(component).isBlank() || (component !is JLabel && component !is AbstractButton)) continue
            component as JComponent
            val fits = component.width >= component.preferredSize.width && component.height >= component.preferredSize.height
            assertTrue(fits || component.toolTipText != null, "cut without a tooltip: ${textOf(component)} ${component.size} < ${component.preferredSize}")
        }
    }

    /** Text can be told from what is behind it, by WCAG 2.1: computed from the pixels. */
    fun assertReadable() {
        for (component in root.visible()) {
            if (textOf(component).isBlank() || !component.isEnabled) continue
            if (component.width < 8 || component.height < 8) continue
            val contrast = contrastOf(component)
            assertTrue(contrast >= READABLE, "contrast $contrast: ${textOf(component)}")
        }
    }

    /** Between the colour there is most of and the one that differs from it most. */
    private fun contrastOf(component: Component): Double {
        val at = locationOf(component)
        val colours = HashMap<Int, Int>()
        val right = minOf((at.x + component.width) * SCALE, image.width)
        val bottom = minOf((at.y + component.height) * SCALE, image.height)
        for (y in at.y * SCALE until bottom) for (x in at.x * SCALE until right) {
            colours.merge(image.getRGB(x, y), 1, Int::plus)
        }
        val background = Color(colours.maxBy { it.value }.key)
        return colours.keys.maxOf { Colours.contrast(Color(it), background) }
    }

    private fun locationOf(component: Component): Point {
        val at = Point()
        var up: Component = component
        while (up !== root) {
            at.translate(up.x, up.y)
            up = up.parent
        }
        return at
    }

    private fun textOf(component: Component): String = when (component) {
        is JLabel -> component.text.orEmpty()
        is AbstractButton -> component.text.orEmpty()
        is JTextArea -> component.text
        else -> ""
    }

    companion object {
        /** On the thread that paints. */
        fun of(view: JComponent, size: Dimension): Painting {
            val root = JPanel(java.awt.BorderLayout()).apply {
                background = Colours.background
                add(view)
                setSize(size)
                addNotify()
            }
            // What wraps gets its height from its width: the second time everything is in place.
            repeat(3) { layOut(root) }
            val image = BufferedImage(size.width * SCALE, size.height * SCALE, BufferedImage.TYPE_INT_RGB)
            val graphics = image.createGraphics()
            graphics.scale(SCALE.toDouble(), SCALE.toDouble())
            root.printAll(graphics)
            graphics.dispose()
            root.removeNotify()
            return Painting(root, image)
        }

        private fun layOut(component: Component) {
            component.doLayout()
            if (component is Container) component.components.forEach(::layOut)
        }
    }
}
