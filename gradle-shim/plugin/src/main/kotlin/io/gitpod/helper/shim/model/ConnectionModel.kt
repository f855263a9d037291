package io.gitpod.helper.shim.model

import io.gitpod.helper.shim.life.CallEnd
import io.gitpod.helper.shim.life.HelperCall
import io.gitpod.helper.shim.life.HelperLife
import io.gitpod.helper.shim.life.HelperState
import io.gitpod.helper.shim.life.ShimFailures
import io.gitpod.helper.v1.AnswerPromptRequest
import io.gitpod.helper.v1.AnswerPromptResponse
import io.gitpod.helper.v1.ConnectPhase
import io.gitpod.helper.v1.ConnectRequest
import io.gitpod.helper.v1.ConnectResponse
import io.gitpod.helper.v1.ConnectResponse.EventCase
import io.gitpod.helper.v1.ConnectionServiceGrpc
import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.FailureCode
import io.gitpod.helper.v1.Plan
import io.gitpod.helper.v1.Ready
import io.gitpod.helper.v1.RouteVerdict
import java.net.URI
import java.util.concurrent.TimeUnit

private const val ANSWER_DEADLINE_MS = 10_000L

/**
 * A connection to a workspace, from the click to its end. After the helper has ended, the next one is asked for the same
 * local port. [onChange] is called on the thread that paints. Closing ends the connection and frees the port.
 */
class ConnectionModel(
    private val life: HelperLife,
    private val threads: Threads,
    private val request: ConnectRequest,
    private val client: ThinClient,
    private val onChange: (ConnectionState) -> Unit,
) : AutoCloseable {
    private val lock = Any()
    private var call: AutoCloseable? = null
    private var plan: Plan? = null
    private var opened: Ready? = null
    private var localPort = 0
    private var mayStart = request.startIfStopped
    private var closed = false
    private var listening: AutoCloseable? = null

    @Volatile
    var state = ConnectionState(request.workspace)
        private set

    fun connect(): ConnectionModel = apply { listening = life.listen(::onHelper) }

    /** Begins anew after a failure. */
    fun retry(startIfStopped: Boolean = false) = threads.background.execute {
        synchronized(lock) {
            if (closed) return@execute
            mayStart = mayStart || startIfStopped
            change { ConnectionState(request.workspace) }
        }
        if (life.state is HelperState.Stopped) life.startAgain() else onHelper(life.state)
    }

    /** Answers the prompt that is open. [fill] is called before this returns. */
    fun answer(fill: AnswerPromptRequest.Builder.() -> Unit) {
        val prompt = state.prompt ?: return
        val answer = AnswerPromptRequest.newBuilder().setPromptId(prompt.promptId).apply(fill).build()
        change { copy(prompt = null) }
        threads.background.execute {
            val running = life.state as? HelperState.Running ?: return@execute
            // One that came too late shows in what the connection says next.
            HelperCall<AnswerPromptResponse>(running.helper, {}, {}).start { channel, observer ->
                ConnectionServiceGrpc.newStub(channel).withDeadlineAfter(ANSWER_DEADLINE_MS, TimeUnit.MILLISECONDS)
                    .answerPrompt(answer, observer)
            }
        }
    }

    override fun close() = threads.background.execute {
        synchronized(lock) {
            if (closed) return@execute
            closed = true
            listening?.close()
            call?.close()
            change { copy(ended = true, prompt = null, interruption = null) }
        }
    }

    private fun onHelper(helper: HelperState) = synchronized(lock) {
        if (closed || state.ended) return
        when (helper) {
            is HelperState.Running -> begin(helper)
            is HelperState.Restarting -> interrupt(helper.failure)
            is HelperState.Stopped -> end(helper.failure)
            HelperState.Starting -> giveUpCall()
        }
    }

    /** A helper that is told its settings anew has ended what was connected. */
    private fun begin(running: HelperState.Running) {
        call?.close()
        // One that was never ready begins from the first stage.
        if (!state.ready) change { ConnectionState(workspace) }
        val wanted = request.toBuilder().setLocalPort(localPort).setStartIfStopped(mayStart).build()
        call = HelperCall<ConnectResponse>(running.helper, { onEvent(running, it) }, ::onEnd)
            .start { channel, observer -> ConnectionServiceGrpc.newStub(channel).connect(wanted, observer) }
    }

    private fun giveUpCall() {
        call?.close()
        call = null
    }

    private fun onEvent(running: HelperState.Running, event: ConnectResponse) = synchronized(lock) {
        if (closed) return
        when (event.eventCase) {
            EventCase.PHASE -> change { copy(phase = event.phase.phase, detail = event.phase.detail, prompt = null) }
            EventCase.PLAN -> planned(event.plan)
            EventCase.READY -> ready(event.ready)
            EventCase.INTERRUPTED -> interrupt(event.interrupted.failure)
            EventCase.RESTORED -> {
                client.reconnect()
                change { copy(interruption = null, method = event.restored.method, transport = event.restored.transport).withReason() }
            }
            EventCase.JOIN_LINK_CHANGED -> {
                localPort = event.joinLinkChanged.localPort
                withClient { client.replaceLink(URI(event.joinLinkChanged.joinLink)) }
            }
            EventCase.WORKSPACE_STOPPING -> change { copy(stopping = true) }
            EventCase.PROMPT -> change { copy(prompt = event.prompt) }
            EventCase.ENDED -> {
                val failure = event.ended.failure.takeIf { event.ended.hasFailure() }
                if (failure?.code == FailureCode.FAILURE_CODE_LOCAL_PORT_IN_USE && localPort != 0) {
                    localPort = 0
                    begin(running)
                } else end(failure)
            }
            EventCase.EVENT_NOT_SET, null -> Unit
        }
    }

    private fun planned(made: Plan) {
        plan = made
        val chosen = made.routesList.firstOrNull { it.verdict == RouteVerdict.ROUTE_VERDICT_CHOSEN } ?: return
        change { copy(method = chosen.method, transport = chosen.transport, reason = chosen.reason) }
    }

    private fun ready(ready: Ready) {
        val before = opened
        opened = ready
        localPort = ready.localPort
        val link = URI(ready.joinLink)
        withClient {
            when {
                before == null -> client.open(link)
                before.localPort == ready.localPort && before.backendPid == ready.backendPid -> client.reconnect()
                else -> client.replaceLink(link)
            }
            change {
                copy(phase = ConnectPhase.CONNECT_PHASE_READY, detail = "", ready = true, interruption = null, prompt = null,
                    method = ready.method, transport = ready.transport).withReason()
            }
        }
    }

    /** Without a client there is no use in the connection. */
    private fun withClient(action: () -> Unit) = try {
        action()
    } catch (refused: ThinClientException) {
        call?.close()
        end(ShimFailures.noClient(refused.message ?: ""))
    }

    private fun ConnectionState.withReason(): ConnectionState {
        val taken = plan?.routesList?.firstOrNull { it.method == method && it.transport == transport }
        return copy(reason = taken?.reason ?: reason)
    }

    private fun interrupt(failure: Failure) = change { copy(interruption = failure, prompt = null) }

    private fun end(failure: Failure?) =
        change { copy(ended = true, failure = failure, prompt = null, interruption = null) }

    /** The helper's end is told by [onHelper], too; `ended` is the last event otherwise. */
    private fun onEnd(end: CallEnd) = synchronized(lock) {
        if (end is CallEnd.Failed && !closed && !state.ended) end(end.failure)
    }

    private fun change(next: ConnectionState.() -> ConnectionState) = synchronized(lock) {
        state = state.next()
        val shown = state
        threads.ui.execute { onChange(shown) }
    }
}
