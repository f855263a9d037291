package io.gitpod.helper.shim

import io.grpc.Channel
import io.grpc.ConnectivityState
import io.grpc.Status
import io.grpc.StatusRuntimeException
import java.io.IOException
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean

/** How long the helper may take to end by itself once its standard input is closed. */
private const val END_BY_ITSELF_MS = 2_000L

/** What a call ends with when the channel does. */
private val brokenOff = setOf(Status.Code.UNAVAILABLE, Status.Code.INTERNAL)

/** How long is waited for what can only be moments away: the end of a killed process, of its log, of its channel. */
private const val MOMENT_MS = 1_000L

/**
 * A helper that runs, and the gRPC channel over its standard input and output. It ends when it is closed and when this
 * JVM does. One that has ended is replaced by a new one; its channel does not come back.
 *
 * Every call needs a deadline: a program that says nothing is no error to gRPC. No call may be made, and nothing
 * started or closed, on a thread that paints.
 */
class HelperProcess private constructor(private val process: Process, onLogLine: (String) -> Unit) : AutoCloseable {
    private val closed = AtomicBoolean()
    private val log = HelperLog(process.errorStream, onLogLine)
    private val threads = HelperThreads()
    private val output = Http2InputStream(process.inputStream)
    private val sockets = OneShotSocketFactory(StreamSocket(output, process.outputStream))
    private val managedChannel = helperChannel(sockets, threads)

    /** For the stubs of the contract. Nothing is sent before the first call. */
    val channel: Channel get() = managedChannel

    val pid: Long get() = process.pid()

    val isAlive: Boolean get() = process.isAlive

    /**
     * Runs when nothing comes from this helper any more: its process is over, or what it writes is no HTTP/2 of its own. At
     * least once, in any thread; for a helper that has answered a call.
     */
    fun whenOver(action: () -> Unit) {
        process.onExit().thenRun(action)
        managedChannel.notifyWhenStateChanged(ConnectivityState.READY, action)
    }

    /** The end of what the helper wrote to standard error: at most 50 lines, oldest first. */
    fun lastLogLines(): List<String> = log.lastLines()

    /**
     * What is wrong with the helper itself, when that is why [error] came about; null when it is well. Waits up to 2 s
     * for the end of a helper that breaks off.
     */
    fun troubleBehind(error: StatusRuntimeException): HelperTrouble? {
        val brokeOff = error.status.code in brokenOff && error.helperFailure() == null
        return if (output.refused != null || brokeOff) trouble() else null
    }

    /** What is wrong with the helper itself; null when it is well. Waits up to 2 s for the end of one that breaks off. */
    fun trouble(): HelperTrouble? {
        output.refused?.let { return HelperTrouble.NotAHelper(it.excerpt) }
        // The streams of a process end a moment before the process does.
        if (process.waitFor(MOMENT_MS, TimeUnit.MILLISECONDS) && (output.ended || process.exitValue() != 0)) {
            log.awaitEnd(MOMENT_MS)
            return HelperTrouble.Ended(process.exitValue(), log.lastLines())
        }
        // A channel that gives up on what comes closes the helper's input, and it ends well.
        return if (managedChannel.getState(false) == ConnectivityState.READY) null else HelperTrouble.Unintelligible
    }

    /**
     * Ends all calls and the helper: by the end of its input, and if that does not help within 2 s, by force. Returns
     * when it is gone. Closing again does nothing.
     */
    override fun close() {
        requireOffEdt("ending the helper")
        if (!closed.compareAndSet(false, true)) return
        try {
            // The transport closes the helper's standard input, in a thread of its own: the flush that comes with it
            // blocks for as long as a frozen helper lives. For the same reason it is never closed from here while calls
            // may have written to it.
            managedChannel.shutdownNow()
            sockets.closeUnlessHandedOut()
            process.waitFor(END_BY_ITSELF_MS, TimeUnit.MILLISECONDS)
        } finally {
            release()
        }
    }

    private fun release() {
        try {
            if (process.isAlive) process.destroyForcibly().waitFor(MOMENT_MS, TimeUnit.MILLISECONDS)
            managedChannel.awaitTermination(MOMENT_MS, TimeUnit.MILLISECONDS)
            log.awaitEnd(MOMENT_MS)
        } finally {
            threads.close()
        }
    }

    companion object {
        /**
         * Starts a helper.
         *
         * @param environment its whole environment.
         * @param onLogLine gets every line of its standard error, in a thread of its own.
         * @throws HelperNotStartedException when the operating system does not start the program.
         */
        fun start(
            command: HelperCommand,
            environment: Map<String, String> = helperEnvironment(),
            onLogLine: (String) -> Unit,
        ): HelperProcess {
            requireOffEdt("starting the helper")
            val builder = ProcessBuilder(listOf(command.program.toString()) + command.arguments)
            builder.environment().clear()
            builder.environment().putAll(environment)
            val process = try {
                builder.start()
            } catch (cause: IOException) {
                throw HelperNotStartedException(command, cause)
            }
            return HelperProcess(process, onLogLine)
        }
    }
}

/** The operating system does not start [command]. */
class HelperNotStartedException(val command: HelperCommand, cause: IOException) :
    IOException("${command.program} cannot be started", cause)
