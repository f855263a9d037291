package io.gitpod.helper.shim.life

import io.gitpod.helper.shim.HelperProcess
import io.gitpod.helper.shim.helperFailure
import io.gitpod.helper.v1.Failure
import io.grpc.Channel
import io.grpc.Status
import io.grpc.StatusRuntimeException
import io.grpc.stub.ClientCallStreamObserver
import io.grpc.stub.ClientResponseObserver
import io.grpc.stub.StreamObserver

/** How a call is over. */
sealed interface CallEnd {
    data object Completed : CallEnd

    /** The helper has refused it, or broke it off. */
    data class Failed(val failure: Failure) : CallEnd

    /** The helper has ended, as [failure] says; [HelperLife] starts another one. */
    data class HelperGone(val failure: Failure) : CallEnd
}

/**
 * One call under way, with one answer or many. Closing cancels it, and nothing is told any more then.
 *
 * @param onNext gets each answer, one after the other; the next is not read from the helper before it returns.
 * @param onEnd is called last, unless the call was cancelled.
 */
class HelperCall<R : Any>(
    private val helper: HelperProcess,
    private val onNext: (R) -> Unit,
    private val onEnd: (CallEnd) -> Unit,
) : ClientResponseObserver<Any, R>, AutoCloseable {
    @Volatile
    private var closed = false
    private var call: ClientCallStreamObserver<Any>? = null

    /** @param start hands the channel and this to a stub. Not on the thread that paints. */
    fun start(start: (Channel, StreamObserver<R>) -> Unit): HelperCall<R> = apply { start(helper.channel, this) }

    override fun beforeStart(requestStream: ClientCallStreamObserver<Any>) {
        call = requestStream
    }

    override fun onNext(value: R) {
        if (!closed) onNext.invoke(value)
    }

    override fun onError(error: Throwable) {
        if (!closed) onEnd(endBehind(error as StatusRuntimeException))
    }

    override fun onCompleted() {
        if (!closed) onEnd(CallEnd.Completed)
    }

    override fun close() {
        closed = true
        call?.cancel("no longer wanted", null)
    }

    private fun endBehind(error: StatusRuntimeException): CallEnd {
        error.helperFailure()?.let { return CallEnd.Failed(it) }
        helper.troubleBehind(error)?.let { return CallEnd.HelperGone(ShimFailures.trouble(it)) }
        if (!helper.isAlive) return CallEnd.HelperGone(ShimFailures.notReady())
        return when (error.status.code) {
            Status.Code.DEADLINE_EXCEEDED -> CallEnd.Failed(ShimFailures.silent())
            else -> CallEnd.Failed(ShimFailures.unexpected(error))
        }
    }
}
