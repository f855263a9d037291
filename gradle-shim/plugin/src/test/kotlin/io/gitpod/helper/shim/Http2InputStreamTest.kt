package io.gitpod.helper.shim

import java.io.ByteArrayInputStream
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** An empty SETTINGS frame, then text in a later frame's place. */
private val http2 = byteArrayOf(0, 0, 0, 4, 0, 0, 0, 0, 0) + "later bytes are not looked at".toByteArray()

class Http2InputStreamTest {
    @Test
    fun `HTTP2 passes unchanged`() {
        val stream = Http2InputStream(ByteArrayInputStream(http2))
        assertArrayEquals(http2, stream.readAllBytes())
        assertNull(stream.refused)
    }

    @Test
    fun `HTTP2 passes byte by byte`() {
        val stream = Http2InputStream(ByteArrayInputStream(http2))
        assertArrayEquals(http2, ByteArray(http2.size) { stream.read().toByte() })
        assertEquals(-1, stream.read())
    }

    @Test
    fun `text is refused with its first line, without control characters, and cut`() {
        val text = "\u001b[31mWelcome" + "!".repeat(500) + "\nsecond line"
        val stream = Http2InputStream(text.byteInputStream())
        val error = assertThrows<NotHttp2Exception> { stream.readAllBytes() }

        assertEquals("[31mWelcome!!!", error.excerpt.take(14))
        assertEquals(119, error.excerpt.length)
        assertSame(error, stream.refused)
    }

    @Test
    fun `nothing at all is an end`() {
        assertEquals(-1, Http2InputStream(ByteArrayInputStream(ByteArray(0))).read())
    }
}
