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
    private var request: CreateWorkspaceRequest? = null
    private var options: Subscription<GetCreateOptionsResponse>? = null
    private var creating: AutoCloseable? = null
    private var closed = false

    /** Asks what can be chosen there. */
    fun choose(host: String) {
        change { CreateState() }
        request = null
        threads.background.execute { ask(GetCreateOptionsRequest.newBuilder().setHost(host).build()) }
    }

    fun create(wanted: CreateWorkspaceRequest) {
        change { copy(creating = true, failure = null, workspace = null) }
        request = wanted
        threads.background.execute { begin(wanted) }
    }

    /** Does again what has failed; a helper that was given up is started first. */
    fun retry() {
        request?.takeIf { life.state is HelperState.Running }?.let { return create(it) }
        change { copy(failure = null) }
        threads.background.execute { options?.again() }
    }

    override fun close() = threads.background.execute {
        synchronized(this) {
            closed = true
            options?.close()
            creating?.close()
        }
    }

    @Synchronized
    private fun ask(wanted: GetCreateOptionsRequest) {
        options?.close()
        if (closed) return
        options = Subscription(
            life,
            { channel, observer ->
                WorkspaceServiceGrpc.newStub(channel).withDeadlineAfter(OPTIONS_DEADLINE_MS, TimeUnit.MILLISECONDS)
                    .getCreateOptions(wanted, observer)
            },
            { if (it is HelperState.Stopped) change { copy(failure = it.failure) } },
            { change { copy(options = it) } },
            { if (it is CallEnd.Failed) change { copy(failure = it.failure) } },
        )
    }

    @Synchronized
    private fun begin(wanted: CreateWorkspaceRequest) {
        val helper = life.state
        creating?.close()
        if (closed) return
        if (helper !is HelperState.Running) return change { copy(creating = false, failure = helper.failure) }
        creating = HelperCall<CreateWorkspaceResponse>(helper.helper, { change { copy(workspace = it.workspace) } }, ::onCreated)
            .start { channel, observer -> WorkspaceServiceGrpc.newStub(channel).createWorkspace(wanted, observer) }
    }

    private fun onCreated(end: CallEnd) = change {
        when (end) {
            is CallEnd.Failed -> copy(creating = false, failure = end.failure)
            is CallEnd.HelperGone -> copy(creating = false, failure = end.failure)
            CallEnd.Completed -> copy(creating = false)
        }
    }

    private fun change(next: CreateState.() -> CreateState) {
        val shown = synchronized(this) { state.next().also { state = it } }
        threads.ui.execute { onChange(shown) }
    }
}
