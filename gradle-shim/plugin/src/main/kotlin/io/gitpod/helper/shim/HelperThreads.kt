package io.gitpod.helper.shim

import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors
import java.util.concurrent.ScheduledExecutorService
import java.util.concurrent.ScheduledThreadPoolExecutor
import java.util.concurrent.ThreadFactory

/**
 * One channel's threads. gRPC's shared ones would stay for a while after the last channel is gone, and keep a plugin's
 * class loader. All are daemons.
 */
internal class HelperThreads : AutoCloseable {
    /** Grows as needed: with a single thread the HTTP/2 handshake never gets its second one and times out. */
    val executor: ExecutorService = Executors.newCachedThreadPool(daemons("gitpod-helper-rpc"))

    val timer: ScheduledExecutorService =
        ScheduledThreadPoolExecutor(1, daemons("gitpod-helper-timer")).apply { removeOnCancelPolicy = true }

    override fun close() {
        executor.shutdownNow()
        timer.shutdownNow()
    }

    private fun daemons(name: String) = ThreadFactory { Thread(it, name).apply { isDaemon = true } }
}
