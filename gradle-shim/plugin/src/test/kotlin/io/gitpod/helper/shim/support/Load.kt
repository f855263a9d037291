package io.gitpod.helper.shim.support

import java.io.IOException
import java.util.concurrent.atomic.AtomicLong
import kotlin.concurrent.thread

private const val CHUNK_BYTES = 64 * 1024

/** A thin client that sends and receives as much as goes through, until the connection ends. */
class Load(link: JoinLink) : AutoCloseable {
    private val client = ThinClient.connect(link).also { check(it.join(link.ticket).startsWith("READY ")) }
    private val receivedBytes = AtomicLong()
    private val threads = listOf(
        pump { client.send(ByteArray(CHUNK_BYTES)) },
        pump { if (client.receive(CHUNK_BYTES).size < CHUNK_BYTES) throw IOException("the end") else receivedBytes.addAndGet(CHUNK_BYTES.toLong()) },
    )

    /** Waits until so much more has come back. */
    fun awaitBytes(count: Long) {
        val enough = receivedBytes.get() + count
        await("bytes flow") { receivedBytes.get() >= enough }
    }

    /** Waits until nothing comes any more and nothing can be sent. */
    fun awaitEnd() = await("the load has ended") { threads.none(Thread::isAlive) }

    override fun close() = client.close()

    private fun pump(once: () -> Unit): Thread = thread(isDaemon = true, name = "load") {
        try {
            while (true) once()
        } catch (_: IOException) {
            // The connection has ended.
        }
    }
}
