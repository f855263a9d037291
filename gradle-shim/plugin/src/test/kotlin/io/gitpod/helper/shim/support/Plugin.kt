package io.gitpod.helper.shim.support

import io.gitpod.helper.shim.HelperProcess
import io.gitpod.helper.shim.gateway.GatewayCalls
import io.gitpod.helper.shim.ide.ShimService
import io.gitpod.helper.shim.ide.ShimSettings
import io.gitpod.helper.shim.ide.initializeRequest
import io.gitpod.helper.shim.life.HelperLife
import io.gitpod.helper.shim.life.HelperState
import io.gitpod.helper.shim.model.Threads
import java.awt.EventQueue
import java.util.concurrent.ArrayBlockingQueue
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.TimeUnit

/**
 * The plugin as an IDE has it, with the built helper unless [start] starts another, on an embedded Gitpod. Fails when it is closed if anything was thrown
 * in a thread, that which paints among them: calls, processes and files throw there.
 */
class Plugin(
    installation: Installation,
    settings: ShimSettings = ShimSettings(listOf(installation.gitpod.host)),
    start: () -> HelperProcess = ::startHelper,
) : AutoCloseable {
    private val before = Thread.getDefaultUncaughtExceptionHandler()
    private val errors = CopyOnWriteArrayList<Throwable>()
    val ide = TestIde(settings).apply { tokens[installation.gitpod.host] = installation.gitpod.token }
    val helpers = CopyOnWriteArrayList<HelperProcess>()
    val life = HelperLife(
        { start().also(helpers::add) },
        { initializeRequest(ide).toBuilder().setOverrides(installation.initializeRequest().overrides).build() },
    )
    val clients = StandInClientManager()
    val service = ShimService(ide, life, Threads(), clients.calls())

    init {
        Thread.setDefaultUncaughtExceptionHandler { _, error -> errors += error }
    }

    /** The helper that runs now. */
    fun helper(): HelperProcess = helpers.last()

    fun awaitRunning() = await("the helper runs") { life.state is HelperState.Running }

    override fun close() {
        service.dispose()
        EventQueue.invokeAndWait { }
        Thread.setDefaultUncaughtExceptionHandler(before)
        errors.firstOrNull()?.let { throw AssertionError("thrown in a thread", it) }
    }
}

/** What is handed on to be looked at in the test's own thread. */
class Told<T : Any> {
    private val queue = ArrayBlockingQueue<T>(10_000)

    operator fun invoke(value: T) = queue.add(value).let { }

    /** The next that is so; those before it are dropped. */
    fun await(what: String, isIt: (T) -> Boolean): T {
        val giveUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)
        var last: T? = null
        while (true) {
            val next = queue.poll(maxOf(0, giveUpAt - System.nanoTime()), TimeUnit.NANOSECONDS)
                ?: throw AssertionError("not told within $PATIENCE_SECONDS s: $what; last: $last")
            if (isIt(next)) return next
            last = next
        }
    }
}

private const val PATIENCE_SECONDS = 60L

/** Polls: for what nobody tells. */
fun await(what: String, isSo: () -> Boolean) {
    val giveUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)
    while (!isSo()) {
        if (System.nanoTime() > giveUpAt) throw AssertionError("not within $PATIENCE_SECONDS s: $what")
        Thread.sleep(10)
    }
}

/** Runs on the thread that paints, and waits for it. */
fun <T> onEdt(action: () -> T): T {
    var result: Result<T>? = null
    EventQueue.invokeAndWait { result = runCatching(action) }
    return result!!.getOrThrow()
}
