package io.gitpod.helper.shim

import java.text.MessageFormat
import java.util.ResourceBundle

/** The plugin's texts, in the user's language where there is a translation. */
object Texts {
    private val bundle = ResourceBundle.getBundle("messages.GitpodGateway", java.util.Locale.getDefault(), Texts::class.java.classLoader)

    /** @param arguments take the places `{0}`, `{1}`, …; without any the text is taken as it is. */
    fun get(key: String, vararg arguments: Any): String {
        val text = bundle.getString(key)
        return if (arguments.isEmpty()) text else MessageFormat.format(text, *arguments)
    }
}
