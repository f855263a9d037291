package io.gitpod.helper.shim.life

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test

class RestartPolicyTest {
    private val policy = RestartPolicy()

    @Test
    fun `each end doubles the wait, and the fifth within three minutes is the last`() {
        val delays = (0L..3).map { policy.delayAfterEnd(it * 40_000, 1_000) }
        assertEquals(listOf(1_000L, 2_000, 4_000, 8_000), delays)
        assertNull(policy.delayAfterEnd(179_999, 1_000))
    }

    @Test
    fun `ends that are far apart go on for ever, eight seconds at the most`() {
        val delays = (0L..9).map { policy.delayAfterEnd(it * 60_000, 1_000) }
        assertEquals(listOf(1_000L, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000, 8_000, 8_000), delays)
    }

    @Test
    fun `after a minute of running the wait is short again`() {
        repeat(3) { policy.delayAfterEnd(it * 100_000L, 1_000) }
        assertEquals(1_000L, policy.delayAfterEnd(400_000, 60_000))
    }

    @Test
    fun `a person may have it tried once more`() {
        repeat(5) { policy.delayAfterEnd(0, 0) }
        policy.reset()
        assertEquals(1_000L, policy.delayAfterEnd(0, 0))
    }
}
