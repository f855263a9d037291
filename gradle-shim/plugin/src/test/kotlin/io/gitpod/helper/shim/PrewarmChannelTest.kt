package io.gitpod.helper.shim

import java.util.concurrent.CopyOnWriteArrayList
import java.util.logging.Handler
import java.util.logging.Level
import java.util.logging.LogRecord
import java.util.logging.Logger
import kotlin.system.measureTimeMillis
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

private const val ROUNDS = 20

/** What JetBrains Gateway's first page does for Gitpod. */
class PrewarmChannelTest {
    @Test
    fun `nothing is reported, and no thread stays`() {
        val reported = CopyOnWriteArrayList<LogRecord>()
        val listener = object : Handler() {
            override fun publish(record: LogRecord) {
                if (record.level.intValue() >= Level.WARNING.intValue()) reported += record
            }

            override fun flush() = Unit

            override fun close() = Unit
        }
        val root = Logger.getLogger("")
        root.addHandler(listener)
        val before = Thread.getAllStackTraces().keys
        try {
            val elapsedMs = measureTimeMillis { repeat(ROUNDS) { prewarmChannel() } }
            assertTrue(elapsedMs < ROUNDS * 500, "its channel does not end at once: $elapsedMs ms for $ROUNDS")
            val more = Thread.getAllStackTraces().keys - before
            more.forEach { it.join(2_000) }
            assertEquals(emptyList<String>(), more.filter(Thread::isAlive).map(Thread::getName))
        } finally {
            root.removeHandler(listener)
        }
        assertEquals(emptyList<String>(), reported.map { "${it.message} ${it.thrown}" })
    }
}
