package io.gitpod.helper.shim.model

import io.gitpod.helper.shim.life.CallEnd
import io.gitpod.helper.shim.life.HelperCall
import io.gitpod.helper.shim.life.HelperLife
import io.gitpod.helper.shim.life.HelperState
import io.gitpod.helper.v1.CreateWorkspaceRequest
import io.gitpod.helper.v1.CreateWorkspaceResponse
import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.GetCreateOptionsRequest
import io.gitpod.helper.v1.GetCreateOptionsResponse
import io.gitpod.helper.v1.Workspace
import io.gitpod.helper.v1.WorkspaceServiceGrpc
import io.grpc.Channel
import io.grpc.stub.StreamObserver
import java.util.concurrent.TimeUnit

private const val OPTIONS_DEADLINE_MS = 30_000L

/**
 * What a view of a new workspace shows.
 *
 * @property options null until they are known.
 * @property creating from the click on; [workspace] as soon as there is one.
 */
data class CreateState(
    val options: GetCreateOptionsResponse? = null,
    val creating: Boolean = false,
    val workspace: Workspace? = null,
    val failure: Failure? = null,
)

/** Makes a workspace. [onChange] is called on the thread that paints; closing leaves a workspace that was begun alone. */
class CreateModel(
    private val life: HelperLife,
    private val threads: Threads,
    private val onChange: (CreateState) -> Unit,
) : AutoCloseable {
    private var state = CreateState()
    private var call: AutoCloseable? = null

    /** Asks what can be chosen there. */
    fun choose(host: String) {
        change { CreateState() }
        val request = GetCreateOptionsRequest.newBuilder().setHost(host).build()
        begin<GetCreateOptionsResponse>({ change { copy(options = it) } }) { channel, observer ->
            WorkspaceServiceGrpc.newStub(channel).withDeadlineAfter(OPTIONS_DEADLINE_MS, TimeUnit.MILLISECONDS)
                .getCreateOptions(request, observer)
        }
    }

    fun create(request: CreateWorkspaceRequest) {
        change { copy(creating = true, failure = null, workspace = null) }
        begin<CreateWorkspaceResponse>({ change { copy(workspace = it.workspace) } }) { channel, observer ->
            WorkspaceServiceGrpc.newStub(channel).createWorkspace(request, observer)
        }
    }

    @Synchronized
    override fun close() {
        call?.let { threads.background.execute(it::close) }
    }

    private fun <R : Any> begin(onNext: (R) -> Unit, call: (Channel, StreamObserver<R>) -> Unit) =
        threads.background.execute {
            when (val helper = life.state) {
                is HelperState.Running -> keep(HelperCall(helper.helper, onNext, ::onEnd).start(call))
                is HelperState.Stopped -> change { copy(creating = false, failure = helper.failure) }
                is HelperState.Restarting -> change { copy(creating = false, failure = helper.failure) }
                HelperState.Starting -> change { copy(creating = false) }
            }
        }

    @Synchronized
    private fun keep(begun: AutoCloseable) {
        call?.close()
        call = begun
    }

    private fun onEnd(end: CallEnd) = change {
        when (end) {
            is CallEnd.Failed -> copy(creating = false, failure = end.failure)
            CallEnd.HelperGone, CallEnd.Completed -> copy(creating = false)
        }
    }

    private fun change(next: CreateState.() -> CreateState) {
        val shown = synchronized(this) { state.next().also { state = it } }
        threads.ui.execute { onChange(shown) }
    }
}
