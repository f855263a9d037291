package io.gitpod.helper.shim.life

import io.gitpod.helper.shim.HelperProcess
import io.gitpod.helper.shim.HelperTrouble
import io.gitpod.helper.shim.helperFailure
import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.FailureCode
import io.gitpod.helper.v1.HelperServiceGrpc
import io.gitpod.helper.v1.InitializeRequest
import io.gitpod.helper.v1.InitializeResponse
import io.grpc.StatusRuntimeException
import java.io.IOException
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.Executors
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.ScheduledFuture
import java.util.concurrent.TimeUnit

/** How it is with the one helper of an application. */
sealed interface HelperState {
    /** Why nothing can be asked of it now; null when it can. */
    val failure: Failure?

    /** Nobody has wanted it yet, or it is on its way. */
    data object Starting : HelperState {
        override val failure: Failure get() = ShimFailures.notReady()
    }

    /** It runs, and Initialize was answered. */
    data class Running(val helper: HelperProcess, val about: InitializeResponse) : HelperState {
        override val failure: Failure? get() = null
    }

    /** It has ended, and is started again in a moment. */
    data class Restarting(override val failure: Failure) : HelperState

    /** It is not started again unless a person wants it. */
    data class Stopped(override val failure: Failure) : HelperState
}

/**
 * The one helper of an application: started when it is first wanted, and again when it ends. All it does is in a thread of
 * its own, where listeners are called, too.
 *
 * @param start starts a helper.
 * @param initializeRequest what each helper is told first; asked anew for each.
 * @param initializeTimeoutMs how long it may take to answer; one that does not is replaced.
 */
class HelperLife(
    private val start: () -> HelperProcess,
    private val initializeRequest: () -> InitializeRequest,
    private val nowMs: () -> Long = { System.nanoTime() / 1_000_000 },
    private val initializeTimeoutMs: Long = 20_000,
) : AutoCloseable {
    private val thread = Executors.newSingleThreadScheduledExecutor { Thread(it, "gitpod-helper-life").apply { isDaemon = true } }
    private val listeners = CopyOnWriteArrayList<(HelperState) -> Unit>()
    private val restarts = RestartPolicy()
    private var helper: HelperProcess? = null
    private var watched: HelperProcess? = null
    private var startedAtMs = 0L
    private var nextStart: ScheduledFuture<*>? = null
    private var lastLogLines = emptyList<String>()

    @Volatile
    private var closed = false

    @Volatile
    var state: HelperState = HelperState.Starting
        private set

    /** Starts the helper unless it was started before. Returns at once. */
    fun want() = later { if (helper == null && nextStart == null && state == HelperState.Starting) launch() }

    /** Tells the state now and at each change, until what is returned is closed. Starts the helper. */
    fun listen(listener: (HelperState) -> Unit): AutoCloseable {
        later {
            listeners += listener
            listener(state)
        }
        want()
        return AutoCloseable { later { listeners -= listener } } // behind its addition, which may wait for a start
    }

    /** Starts the helper though it was given up. */
    fun startAgain() = later {
        if (helper == null) {
            restarts.reset()
            launch()
        }
    }

    /** Tells the helper its settings anew. That ends what is connected, so listeners hear of it as of a start. */
    fun initializeAgain() = later {
        helper?.let { running ->
            set(HelperState.Starting)
            initialize(running)
        }
    }

    /** The end of the helper's log, or of the last one's: at most 50 lines, oldest first. */
    fun lastLogLines(): List<String> = (state as? HelperState.Running)?.helper?.lastLogLines() ?: lastLogLines

    /** Ends the helper for good, and waits for it. */
    override fun close() {
        closed = true
        later {
            nextStart?.cancel(false)
            listeners.clear()
            release()
        }
        thread.shutdown()
        thread.awaitTermination(10, TimeUnit.SECONDS)
    }

    private fun launch() {
        if (closed) return
        nextStart?.cancel(false)
        nextStart = null
        set(HelperState.Starting)
        startedAtMs = nowMs()
        val started = try {
            start()
        } catch (refused: IOException) {
            return set(HelperState.Stopped(ShimFailures.notStarted(refused)))
        }
        helper = started
        initialize(started)
    }

    private fun initialize(started: HelperProcess) {
        try {
            val stub = HelperServiceGrpc.newBlockingStub(started.channel)
                .withDeadlineAfter(initializeTimeoutMs, TimeUnit.MILLISECONDS)
            val about = stub.initialize(initializeRequest())
            set(HelperState.Running(started, about))
            watch(started)
        } catch (error: StatusRuntimeException) {
            notInitialized(started, error)
        }
    }

    private fun watch(running: HelperProcess) {
        if (running === watched) return
        watched = running
        running.whenOver { later { if (helper === running) running.trouble()?.let { ended(ShimFailures.trouble(it)) } } }
    }

    private fun notInitialized(started: HelperProcess, error: StatusRuntimeException) {
        val refusal = error.helperFailure()
        val trouble = started.troubleBehind(error)
        when {
            refusal?.code == FailureCode.FAILURE_CODE_PROTOCOL_VERSION_UNSUPPORTED ->
                stop(ShimFailures.anotherProtocol(refusal))
            refusal != null -> stop(refusal)
            trouble is HelperTrouble.NotAHelper -> stop(ShimFailures.trouble(trouble))
            else -> ended(trouble?.let(ShimFailures::trouble) ?: ShimFailures.silent())
        }
    }

    private fun stop(failure: Failure) {
        release()
        set(HelperState.Stopped(failure))
    }

    private fun ended(failure: Failure) {
        release()
        if (closed) return
        val delayMs = restarts.delayAfterEnd(nowMs(), nowMs() - startedAtMs)
            ?: return set(HelperState.Stopped(ShimFailures.endsAgainAndAgain(failure)))
        set(HelperState.Restarting(failure))
        nextStart = thread.schedule({ guarded(::launch) }, delayMs, TimeUnit.MILLISECONDS)
    }

    private fun release() {
        helper?.let { over ->
            helper = null
            over.close()
            lastLogLines = over.lastLogLines()
        }
    }

    private fun set(next: HelperState) {
        state = next
        listeners.forEach { it(next) }
    }

    private fun later(action: () -> Unit) {
        try {
            thread.execute { guarded(action) }
        } catch (_: RejectedExecutionException) {
            // Closed: there is nothing to do any more.
        }
    }

    /** An error goes where errors of threads go, and the thread goes on. */
    private fun guarded(action: () -> Unit) = try {
        action()
    } catch (failed: RuntimeException) {
        Thread.currentThread().let { it.uncaughtExceptionHandler.uncaughtException(it, failed) }
    }
}
