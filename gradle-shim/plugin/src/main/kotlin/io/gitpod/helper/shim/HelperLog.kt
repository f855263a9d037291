package io.gitpod.helper.shim

import java.io.IOException
import java.io.InputStream
import java.io.Reader

/**
 * Reads a helper's standard error to its end in a thread of its own, so that the helper never waits for us to read.
 *
 * @param onLine gets every line, in that thread. What it throws goes to the thread's uncaught-exception handler, and
 *   reading goes on.
 */
internal class HelperLog(private val input: InputStream, private val onLine: (String) -> Unit) {
    private val recent = ArrayDeque<String>()
    private val thread = Thread(::drain, "gitpod-helper-log").apply {
        isDaemon = true
        start()
    }

    /** The last 50 lines, oldest first. */
    fun lastLines(): List<String> = synchronized(recent) { recent.toList() }

    /** Waits until all was read; a descendant of the helper may keep the stream open, hence the limit. */
    fun awaitEnd(timeoutMs: Long) = thread.join(timeoutMs)

    private fun drain() {
        try {
            input.bufferedReader().use { reader -> generateSequence { reader.readBoundedLine() }.forEach(::take) }
        } catch (_: IOException) {
            // Killing a process closes its streams under the reader's hands: there is nothing more to read.
        }
    }

    private fun take(line: String) {
        synchronized(recent) {
            if (recent.size == KEPT_LINES) recent.removeFirst()
            recent.addLast(line)
        }
        try {
            onLine(line)
        } catch (failed: RuntimeException) {
            Thread.currentThread().let { it.uncaughtExceptionHandler.uncaughtException(it, failed) }
        }
    }

    private companion object {
        const val KEPT_LINES = 50
    }
}

/** Longer lines are cut. */
private const val MAX_LINE_CHARS = 16 * 1024

/** The next line without its end; null at the end of the stream. */
private fun Reader.readBoundedLine(): String? {
    var next = read()
    if (next < 0) return null
    val line = StringBuilder()
    while (next >= 0 && next != '\n'.code) {
        if (line.length < MAX_LINE_CHARS) line.append(next.toChar())
        next = read()
    }
    return line.removeSuffix("\r").toString()
}
