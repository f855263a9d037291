package io.gitpod.helper.shim

import java.util.concurrent.CopyOnWriteArrayList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class HelperLogTest {
    @Test
    fun `every line is handed on, and the last 50 are kept`() {
        val lines = (1..120).map { "line $it — ü" }
        val seen = CopyOnWriteArrayList<String>()
        val log = read(lines.joinToString("") { "$it\n" }, seen::add)

        assertEquals(lines, seen)
        assertEquals(lines.takeLast(50), log.lastLines())
    }

    @Test
    fun `empty lines, Windows line ends and an unfinished last line are lines`() {
        assertEquals(listOf("a", "", "b", "c"), read("a\r\n\nb\nc").lastLines())
    }

    @Test
    fun `a line without end is cut, and the next one is whole`() {
        val log = read("x".repeat(1_000_000) + "\nnext\n")

        assertEquals(listOf(16 * 1024, 4), log.lastLines().map { it.length })
    }

    @Test
    fun `a listener that throws does not stop the reading`() {
        val reported = CopyOnWriteArrayList<Throwable>()
        val before = Thread.getDefaultUncaughtExceptionHandler()
        Thread.setDefaultUncaughtExceptionHandler { _, error -> reported.add(error) }
        try {
            val log = read("a\nb\n") { line -> error(line) }

            assertEquals(listOf("a", "b"), log.lastLines())
            assertEquals(listOf("a", "b"), reported.map { it.message })
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before)
        }
    }

    private fun read(text: String, onLine: (String) -> Unit = {}): HelperLog =
        HelperLog(text.byteInputStream(), onLine).apply { awaitEnd(timeoutMs = 10_000) }
}
