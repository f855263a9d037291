package io.gitpod.helper.shim.view

import java.awt.Color
import javax.swing.UIManager
import kotlin.math.pow

/** The least contrast of text that WCAG 2.1 §1.4.3 asks for. */
private const val READABLE = 4.5

/** Colours that follow the IDE's theme: looked up when something is painted, since the theme can change. */
internal object Colours {
    val background: Color get() = theme("Panel.background", Color.WHITE)
    val text: Color get() = theme("Label.foreground", Color.BLACK)
    val listBackground: Color get() = theme("List.background", background)
    val listText: Color get() = theme("List.foreground", text)
    val selectedText: Color get() = theme("List.selectionForeground", Color.WHITE)

    /** The theme's own, or as much further from the text as it takes to read that. */
    val selection: Color get() {
        val own = theme("List.selectionBackground", Color(0x2675BF))
        val away = if (luminance(selectedText) > 0.5) Color.BLACK else Color.WHITE
        return (100 downTo 50 step 5).map { mix(own, away, it / 100.0) }.first { contrast(it, selectedText) >= READABLE }
    }
    val line: Color get() = theme("Component.borderColor", mix(text, background, 0.25))
    val good: Color get() = Color(0x3C, 0x9A, 0x5F)
    val busy: Color get() = Color(0xC9, 0x8A, 0x1B)
    val idle: Color get() = mix(text, background, 0.45)
    val bad: Color get() = Color(0xD1, 0x4B, 0x4B)

    /** Text that matters less, as pale as can still be read. */
    fun secondary(text: Color, background: Color): Color =
        (60..100 step 5).map { mix(text, background, it / 100.0) }.firstOrNull { contrast(it, background) >= READABLE } ?: text

    /** Text about something bad. */
    fun badText(background: Color): Color =
        (0..100 step 10).map { mix(text, bad, it / 100.0) }.firstOrNull { contrast(it, background) >= READABLE } ?: text

    /** What a notice is on. */
    fun noticeBackground(): Color = mix(bad, background, 0.10)

    /** Between 1 and 21, by WCAG 2.1's definition. */
    fun contrast(one: Color, other: Color): Double {
        val (darker, lighter) = listOf(luminance(one), luminance(other)).sorted()
        return (lighter + 0.05) / (darker + 0.05)
    }

    private fun theme(key: String, otherwise: Color): Color = UIManager.getColor(key) ?: otherwise

    private fun mix(one: Color, other: Color, share: Double): Color {
        fun part(a: Int, b: Int) = (a * share + b * (1 - share)).toInt()
        return Color(part(one.red, other.red), part(one.green, other.green), part(one.blue, other.blue))
    }

    private fun luminance(color: Color): Double {
        fun linear(part: Int): Double = (part / 255.0).let { if (it <= 0.04045) it / 12.92 else ((it + 0.055) / 1.055).pow(2.4) }
        return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
    }
}
