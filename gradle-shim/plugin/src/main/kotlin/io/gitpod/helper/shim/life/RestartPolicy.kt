package io.gitpod.helper.shim.life

private val delaysMs = longArrayOf(1_000, 2_000, 4_000, 8_000)
private const val STEADY_MS = 60_000L
private const val CRASH_WINDOW_MS = 180_000L
private const val MAX_CRASHES = 5

/** When a helper that has ended is started again. Times are in milliseconds of any clock that never goes back. */
class RestartPolicy {
    private val crashes = ArrayDeque<Long>()
    private var step = 0

    /**
     * The helper has ended by itself.
     *
     * @param ranForMs how long it ran; after a minute the back-off begins anew.
     * @return how long to wait before the next start; null after five ends within three minutes.
     */
    fun delayAfterEnd(nowMs: Long, ranForMs: Long): Long? {
        if (ranForMs >= STEADY_MS) step = 0
        crashes.addLast(nowMs)
        while (crashes.first() <= nowMs - CRASH_WINDOW_MS) crashes.removeFirst()
        if (crashes.size >= MAX_CRASHES) return null
        return delaysMs[minOf(step++, delaysMs.lastIndex)]
    }

    /** A person wants it tried once more. */
    fun reset() {
        crashes.clear()
        step = 0
    }
}
