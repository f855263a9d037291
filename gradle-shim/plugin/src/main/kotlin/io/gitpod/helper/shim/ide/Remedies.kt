package io.gitpod.helper.shim.ide

import io.gitpod.helper.shim.life.HelperLife
import io.gitpod.helper.shim.life.HelperState
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
     */
    fun perform(remedy: Remedy, failure: Failure, retry: (startIfStopped: Boolean) -> Unit) {
        when (remedy.action) {
            RemedyAction.REMEDY_ACTION_RETRY -> retry(false)
            RemedyAction.REMEDY_ACTION_START_WORKSPACE -> retry(true)
            RemedyAction.REMEDY_ACTION_SIGN_IN ->
                SignIn(life, threads, ide, host, {}) { failed -> if (failed == null) retry(false) }.start()
            RemedyAction.REMEDY_ACTION_COLLECT_DIAGNOSTICS -> ide.copy(diagnostics(failure))
            RemedyAction.REMEDY_ACTION_RUN_COMMAND -> ide.copy(remedy.command)
            else -> ide.browse(remedy.url)
        }
    }

    /** What somebody who helps wants to know. The helper keeps secrets out of failures and logs. */
    fun diagnostics(failure: Failure): String = buildString {
        val about = (life.state as? HelperState.Running)?.about
        appendLine("Plugin ${ide.pluginVersion}, IDE ${ide.build}, helper ${about?.helperVersion ?: "not running"}")
        appendLine("${failure.code}: ${failure.message}")
        failure.detailsMap.toSortedMap().forEach { (name, value) -> appendLine("  $name: $value") }
        life.lastLogLines().forEach(::appendLine)
    }
}
