package io.gitpod.helper.shim

import java.io.FilterInputStream
import java.io.IOException
import java.io.InputStream

/**
 * What a process writes, as long as it can be HTTP/2. The first frame of a server is SETTINGS, and a first frame has at
 * most 2^14 bytes (RFC 9113 §3.4, §4.2); so the high byte of its length, which comes first, is 0. No text begins so.
 *
 * Reading throws [NotHttp2Exception] when the process prints something else. gRPC takes an error of the stream for its
 * end, so [refused] keeps it.
 */
internal class Http2InputStream(input: InputStream) : FilterInputStream(input) {
    private var begun = false

    /** Whether the process has closed it. */
    @Volatile
    var ended = false
        private set

    /** Why reading was refused, once it was. */
    @Volatile
    var refused: NotHttp2Exception? = null
        private set

    override fun read(): Int {
        val single = ByteArray(1)
        return if (read(single, 0, 1) < 0) -1 else single[0].toInt() and 0xff
    }

    override fun read(buffer: ByteArray, offset: Int, length: Int): Int {
        val count = super.read(buffer, offset, length)
        if (count < 0) ended = true
        if (!begun && count > 0) {
            begun = true
            if (buffer[offset] != 0.toByte()) refuse(excerpt(buffer, offset, count))
        }
        return count
    }

    private fun refuse(excerpt: String): Nothing =
        throw NotHttp2Exception(excerpt).also { refused = it }

    private fun excerpt(buffer: ByteArray, offset: Int, count: Int): String =
        String(buffer, offset, minOf(count, EXCERPT_BYTES), Charsets.UTF_8)
            .lineSequence()
            .first()
            .filterNot(Char::isISOControl)

    private companion object {
        const val EXCERPT_BYTES = 120
    }
}

/** What was read is not HTTP/2. [excerpt] is the beginning of its first line. */
internal class NotHttp2Exception(val excerpt: String) : IOException("this is not HTTP/2: \"$excerpt\"")
