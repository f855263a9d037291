package io.gitpod.helper.shim.model

import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.HostLink
import io.gitpod.helper.v1.WatchWorkspacesResponse
import io.gitpod.helper.v1.Workspace
import io.gitpod.helper.v1.WorkspacePhase
import io.gitpod.helper.v1.WorkspaceRef
import io.gitpod.helper.v1.WorkspaceSnapshot
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Test

class WorkspaceTableTest {
    private val table = WorkspaceTable()

    @Test
    fun `a snapshot counts when its last part is there`() {
        table.apply(snapshot(more = true, workspace("a")))
        assertEquals(WorkspacesState.Loading, table.state(emptyList(), null))
        table.apply(snapshot(more = false, workspace("b")))
        assertEquals(listOf("a", "b"), ids())
    }

    @Test
    fun `a snapshot that is cut off leaves what was there, and nothing of it in the next`() {
        table.apply(snapshot(more = false, workspace("a")))
        table.apply(snapshot(more = true, workspace("b")))
        table.beginAnew()
        assertEquals(listOf("a"), ids())
        table.apply(snapshot(more = false, workspace("c")))
        assertEquals(listOf("c"), ids())
    }

    @Test
    fun `pinned ones come first, then running ones, then by their last use`() {
        val pinned = workspace("pinned").toBuilder().setPinned(true).build()
        val running = workspace("running").toBuilder().setPhase(WorkspacePhase.WORKSPACE_PHASE_RUNNING).build()
        table.apply(snapshot(more = false, workspace("old", 1), workspace("new", 2), running, pinned))
        assertEquals(listOf("pinned", "running", "new", "old"), ids())
    }

    @Test
    fun `all words must occur, anywhere and in any case`() {
        val found = workspace("a").toBuilder().setDescription("The Parcel").setRepository("acme/demo").setBranch("fix-1").build()
        table.apply(snapshot(more = false, found, workspace("b")))
        assertEquals(listOf("a"), ids("parcel", "demo", "fix"))
        assertEquals(emptyList<String>(), ids("parcel", "other"))
        assertEquals(2, listed("parcel").total)
    }

    @Test
    fun `changes and removals are taken, and what an installation does not confirm is stale`() {
        table.apply(snapshot(more = false, workspace("a"), workspace("b")))
        table.apply(WatchWorkspacesResponse.newBuilder().setChanged(workspace("c")).build())
        table.apply(WatchWorkspacesResponse.newBuilder().setRemoved(workspace("a").ref).build())
        assertEquals(listOf("b", "c"), ids())
        val why = Failure.newBuilder().setMessage("gone").build()
        table.apply(WatchWorkspacesResponse.newBuilder().setLink(HostLink.newBuilder().setHost("h").setFailure(why)).build())
        assertEquals(listOf(true, true), listed().rows.map { it.stale })
        assertEquals(why, listed().notice)
        table.apply(WatchWorkspacesResponse.newBuilder().setLink(HostLink.newBuilder().setHost("h").setLive(true)).build())
        assertEquals(listOf(false, false), listed().rows.map { it.stale })
    }

    @Test
    fun `a helper that is told its settings anew says nothing of an installation that was taken out`() {
        val why = Failure.newBuilder().setMessage("gone").build()
        table.apply(WatchWorkspacesResponse.newBuilder().setLink(HostLink.newBuilder().setHost("taken.out").setFailure(why)).build())
        table.apply(snapshot(more = false, workspace("a")))
        assertEquals(why, listed().notice)
        table.beginAnew()
        table.apply(snapshot(more = false, workspace("a")))
        assertEquals(null, listed().notice)
    }

    @Test
    fun `without any list, a problem is what is shown`() {
        val why = Failure.newBuilder().setMessage("gone").build()
        assertEquals(WorkspacesState.Failed(why), table.state(emptyList(), why))
    }

    private fun listed(vararg words: String) = assertInstanceOf(WorkspacesState.Listed::class.java, table.state(words.toList(), null))

    private fun ids(vararg words: String) = listed(*words).rows.map { it.workspace.ref.workspaceId }

    private fun workspace(id: String, usedAt: Long = 0): Workspace = Workspace.newBuilder()
        .setRef(WorkspaceRef.newBuilder().setHost("h").setWorkspaceId(id))
        .setCreatedAt(com.google.protobuf.Timestamp.newBuilder().setSeconds(usedAt))
        .build()

    private fun snapshot(more: Boolean, vararg workspaces: Workspace): WatchWorkspacesResponse = WatchWorkspacesResponse.newBuilder()
        .setSnapshot(WorkspaceSnapshot.newBuilder().addAllWorkspaces(workspaces.toList()).setMore(more))
        .build()
}
