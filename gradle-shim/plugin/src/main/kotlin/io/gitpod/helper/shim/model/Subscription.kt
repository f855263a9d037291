package io.gitpod.helper.shim.model

import io.gitpod.helper.shim.life.CallEnd
import io.gitpod.helper.shim.life.HelperCall
import io.gitpod.helper.shim.life.HelperLife
import io.gitpod.helper.shim.life.HelperState
import io.grpc.Channel
import io.grpc.stub.StreamObserver

/**
 * A stream that is asked for again from each new helper, until it is closed.
 *
 * @param onState how it is with the helper; before the stream begins anew.
 */
class Subscription<R : Any>(
    private val life: HelperLife,
    private val call: (Channel, StreamObserver<R>) -> Unit,
    private val onState: (HelperState) -> Unit,
    private val onNext: (R) -> Unit,
    private val onEnd: (CallEnd) -> Unit,
) : AutoCloseable {
    private var current: AutoCloseable? = null
    private var closed = false
    private val listening = life.listen(::take)

    /** Asks again, where the stream has ended or the helper was given up. */
    fun again() = when (life.state) {
        is HelperState.Stopped -> life.startAgain()
        else -> take(life.state)
    }

    @Synchronized
    override fun close() {
        closed = true
        listening.close()
        current?.close()
    }

    @Synchronized
    private fun take(state: HelperState) {
        if (closed) return
        current?.close()
        current = null
        onState(state)
        if (state is HelperState.Running) current = HelperCall(state.helper, onNext, onEnd).start(call)
    }
}
