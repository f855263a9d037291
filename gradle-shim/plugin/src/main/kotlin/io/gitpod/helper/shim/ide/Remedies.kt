package io.gitpod.helper.shim.ide

import io.gitpod.helper.shim.Texts
import io.gitpod.helper.shim.life.HelperLife
import io.gitpod.helper.shim.model.SignIn
import io.gitpod.helper.shim.model.Threads
import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.Remedy
import io.gitpod.helper.v1.RemedyAction

/** What the buttons below a failure do. */
class Remedies(
    private val life: HelperLife,
    private val threads: Threads,
    private val ide: Ide,
    private val host: String,
) {
    /** Whether there is a button for it, or its text is all. */
    fun isButton(remedy: Remedy): Boolean = when (remedy.action) {
        RemedyAction.REMEDY_ACTION_RUN_COMMAND -> remedy.command.isNotEmpty()
        RemedyAction.REMEDY_ACTION_OPEN_URL, RemedyAction.REMEDY_ACTION_UNSPECIFIED -> remedy.url.isNotEmpty()
        RemedyAction.REMEDY_ACTION_CHANGE_SETTING, RemedyAction.UNRECOGNIZED, null -> false
        RemedyAction.REMEDY_ACTION_START_WORKSPACE, RemedyAction.REMEDY_ACTION_RETRY,
        RemedyAction.REMEDY_ACTION_SIGN_IN, RemedyAction.REMEDY_ACTION_COLLECT_DIAGNOSTICS -> true
    }

    /**
     * Does what can be done about a failure.
     *
     * @param retry makes the same call again, with consent to start the workspace or without.
     * @param tell says in a word or two what has come of it, where nothing else shows it. On the thread that paints.
     */
    fun perform(remedy: Remedy, failure: Failure, retry: (startIfStopped: Boolean) -> Unit, tell: (String) -> Unit) {
        when (remedy.action) {
            RemedyAction.REMEDY_ACTION_RETRY -> retry(false)
            RemedyAction.REMEDY_ACTION_START_WORKSPACE -> retry(true)
            RemedyAction.REMEDY_ACTION_SIGN_IN -> signIn(retry, tell)
            RemedyAction.REMEDY_ACTION_COLLECT_DIAGNOSTICS -> threads.background.execute {
                val text = Diagnostics(life, ide).collect(failure)
                threads.ui.execute { copy(text, tell) }
            }
            RemedyAction.REMEDY_ACTION_RUN_COMMAND -> copy(remedy.command, tell)
            else -> ide.browse(remedy.url)
        }
    }

    /** For what is a setting of the plugin's, perhaps. */
    fun openSettings() = ide.openSettings()

    private fun signIn(retry: (Boolean) -> Unit, tell: (String) -> Unit) {
        tell(Texts.get("account.waiting"))
        SignIn(life, threads, ide, host, {}) { failed ->
            tell(failed?.message ?: "")
            if (failed == null) retry(false)
        }.start()
    }

    private fun copy(text: String, tell: (String) -> Unit) {
        ide.copy(text)
        tell(Texts.get("remedy.copied"))
    }
}
