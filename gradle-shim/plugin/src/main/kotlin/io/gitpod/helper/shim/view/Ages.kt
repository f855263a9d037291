package io.gitpod.helper.shim.view

import io.gitpod.helper.shim.Texts

/** How long ago something was, in one rounded unit. */
internal object Ages {
    fun text(seconds: Long): String = when {
        seconds < 60 -> Texts.get("age.now")
        seconds < 3_600 -> Texts.get("age.minutes", seconds / 60)
        seconds < 86_400 -> Texts.get("age.hours", seconds / 3_600)
        else -> Texts.get("age.days", seconds / 86_400)
    }
}
