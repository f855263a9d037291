package io.gitpod.helper.shim.model

import io.gitpod.helper.shim.life.CallEnd
import io.gitpod.helper.shim.life.HelperCall
import io.gitpod.helper.shim.life.HelperLife
import io.gitpod.helper.shim.life.HelperState
import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.StartWorkspaceRequest
import io.gitpod.helper.v1.StartWorkspaceResponse
import io.gitpod.helper.v1.StopWorkspaceRequest
import io.gitpod.helper.v1.StopWorkspaceResponse
import io.gitpod.helper.v1.Workspace
import io.gitpod.helper.v1.WorkspaceRef
import io.gitpod.helper.v1.WorkspaceServiceGrpc
import io.gitpod.helper.v1.WatchWorkspacesRequest
import io.gitpod.helper.v1.WatchWorkspacesResponse
import io.grpc.Channel
import io.grpc.stub.StreamObserver
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean

private const val STOP_DEADLINE_MS = 30_000L

/** One line of the list. [stale] when its installation does not answer at the moment. */
data class WorkspaceRow(val workspace: Workspace, val stale: Boolean)

/** What a view of the workspaces shows. */
sealed interface WorkspacesState {
    data object Loading : WorkspacesState

    /** There is nothing to show, for this reason. */
    data class Failed(val failure: Failure) : WorkspacesState

    /**
     * @property rows those in which all words of the query occur, in order.
     * @property total how many there are without the query.
     * @property notice what is wrong although there is a list.
     */
    data class Listed(val rows: List<WorkspaceRow>, val total: Int, val notice: Failure?) : WorkspacesState
}

/** The workspaces of all installations, live. [onChange] is called on the thread that paints. */
class WorkspacesModel(
    private val life: HelperLife,
    private val threads: Threads,
    private val onChange: (WorkspacesState) -> Unit,
) : AutoCloseable {
    private val table = WorkspaceTable()
    private var problem: Failure? = null

    /** Why what was clicked last was not done: it says nothing about the list. */
    private var refusal: Failure? = null
    private var words = emptyList<String>()
    private val publishing = AtomicBoolean()
    private val watch = Subscription(life, ::watch, ::onState, ::onEvent, ::onEnd)

    /** Keeps what has all the words in it. */
    fun search(query: String) = change { words = query.lowercase().split(' ', '\t').filter(String::isNotEmpty) }

    /** Asks for everything again. */
    fun refresh() {
        change { problem = null; refusal = null }
        threads.background.execute(watch::again)
    }

    fun start(ref: WorkspaceRef) {
        val request = StartWorkspaceRequest.newBuilder().setWorkspace(ref).build()
        act<StartWorkspaceResponse> { channel, observer -> WorkspaceServiceGrpc.newStub(channel).startWorkspace(request, observer) }
    }

    fun stop(ref: WorkspaceRef) {
        val request = StopWorkspaceRequest.newBuilder().setWorkspace(ref).build()
        act<StopWorkspaceResponse> { channel, observer ->
            WorkspaceServiceGrpc.newStub(channel).withDeadlineAfter(STOP_DEADLINE_MS, TimeUnit.MILLISECONDS)
                .stopWorkspace(request, observer)
        }
    }

    override fun close() = watch.close()

    /** The watch shows what comes of it. */
    private fun <R : Any> act(call: (Channel, StreamObserver<R>) -> Unit) = threads.background.execute {
        change { refusal = null }
        when (val helper = life.state) {
            is HelperState.Running ->
                HelperCall<R>(helper.helper, {}, { if (it is CallEnd.Failed) change { refusal = it.failure } }).start(call)
            else -> change { problem = helper.failure }
        }
    }

    private fun watch(channel: Channel, observer: StreamObserver<WatchWorkspacesResponse>) =
        WorkspaceServiceGrpc.newStub(channel).watchWorkspaces(WatchWorkspacesRequest.getDefaultInstance(), observer)

    private fun onState(state: HelperState) = change {
        table.beginAnew()
        if (state != HelperState.Starting) problem = state.failure
    }

    private fun onEvent(event: WatchWorkspacesResponse) = change { table.apply(event) }

    private fun onEnd(end: CallEnd) {
        if (end is CallEnd.Failed) change { problem = end.failure }
    }

    /** Many changes at once are shown once. */
    private fun change(apply: () -> Unit) {
        synchronized(table, apply)
        if (publishing.compareAndSet(false, true)) threads.background.execute(::publish)
    }

    private fun publish() {
        publishing.set(false)
        val state = synchronized(table) { table.state(words, problem, refusal) }
        threads.ui.execute { onChange(state) }
    }
}
