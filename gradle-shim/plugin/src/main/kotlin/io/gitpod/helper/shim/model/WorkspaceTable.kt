package io.gitpod.helper.shim.model

import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.HostLink
import io.gitpod.helper.v1.WatchWorkspacesResponse
import io.gitpod.helper.v1.WatchWorkspacesResponse.EventCase
import io.gitpod.helper.v1.Workspace
import io.gitpod.helper.v1.WorkspacePhase
import io.gitpod.helper.v1.WorkspaceRef

/** All workspaces as the events of a watch tell them. Not for several threads at once. */
internal class WorkspaceTable {
    private val workspaces = HashMap<WorkspaceRef, Workspace>()
    private val links = HashMap<String, HostLink>()
    private var arriving: HashMap<WorkspaceRef, Workspace>? = null
    private var complete = false

    /** A snapshot replaces everything once its last part is there. */
    fun apply(event: WatchWorkspacesResponse) {
        when (event.eventCase) {
            EventCase.SNAPSHOT -> {
                val parts = arriving ?: HashMap()
                event.snapshot.workspacesList.associateByTo(parts) { it.ref }
                arriving = parts.takeIf { event.snapshot.more }
                if (!event.snapshot.more) replace(parts)
            }
            EventCase.CHANGED -> workspaces[event.changed.ref] = event.changed
            EventCase.REMOVED -> workspaces -= event.removed
            EventCase.LINK -> links[event.link.host] = event.link
            EventCase.EVENT_NOT_SET, null -> Unit
        }
    }

    /** The stream begins anew: a snapshot that was cut off is none, and each installation that there is tells how it is. */
    fun beginAnew() {
        arriving = null
        links.clear()
    }

    /**
     * What to show: workspaces with all the [words], marked as stale where their installation or, by [problem], nobody answers.
     *
     * @param refusal why something was not done; it says nothing about the list.
     */
    fun state(words: List<String>, problem: Failure?, refusal: Failure? = null): WorkspacesState {
        if (!complete) return if (problem == null) WorkspacesState.Loading else WorkspacesState.Failed(problem)
        val rows = workspaces.values.asSequence()
            .filter { it.hasAll(words) }
            .sortedWith(mostWantedFirst)
            .map { WorkspaceRow(it, stale = problem != null || links[it.ref.host]?.live == false) }
            .toList()
        val notice = problem ?: refusal ?: links.values.firstOrNull { !it.live && it.hasFailure() }?.failure
        return WorkspacesState.Listed(rows, workspaces.size, notice)
    }

    private fun replace(all: Map<WorkspaceRef, Workspace>) {
        workspaces.clear()
        workspaces += all
        complete = true
    }
}

private fun Workspace.hasAll(words: List<String>): Boolean {
    if (words.isEmpty()) return true
    val text = "${ref.workspaceId} $description $repository $branch $contextUrl".lowercase()
    return words.all { it in text }
}

/** The order of ListWorkspaces. */
private val mostWantedFirst: Comparator<Workspace> =
    compareByDescending<Workspace> { it.pinned }
        .thenByDescending { it.phase == WorkspacePhase.WORKSPACE_PHASE_RUNNING }
        .thenByDescending { it.usedAtSeconds }
        .thenBy { it.ref.workspaceId }

/** When it was last used, or made; in seconds since 1970. */
val Workspace.usedAtSeconds: Long get() = if (hasLastUsedAt()) lastUsedAt.seconds else createdAt.seconds
