package io.gitpod.helper.shim.support

import java.awt.Component
import java.awt.Container
import javax.swing.AbstractButton
import javax.swing.JLabel
import javax.swing.text.JTextComponent

/** This and all below it that is visible. */
fun Component.visible(): List<Component> = when {
    !isVisible -> emptyList()
    this is Container -> listOf(this) + components.flatMap { it.visible() }
    else -> listOf(this)
}

/** All texts that are shown. */
fun Component.labels(): List<String> = visible().mapNotNull {
    when (it) {
        is JLabel -> it.text
        is AbstractButton -> it.text
        is JTextComponent -> it.text
        else -> null
    }
}

fun Component.button(text: String): AbstractButton = visible().filterIsInstance<AbstractButton>().single { it.text == text }
