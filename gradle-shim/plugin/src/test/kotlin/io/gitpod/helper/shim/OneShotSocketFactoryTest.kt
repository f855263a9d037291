package io.gitpod.helper.shim

import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.net.InetAddress
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

class OneShotSocketFactoryTest {
    private val socket = StreamSocket(ByteArrayInputStream(ByteArray(0)), ByteArrayOutputStream())
    private val factory = OneShotSocketFactory(socket)

    @Test
    fun `the socket is handed out once`() {
        assertSame(socket, factory.createSocket("helper", 1))
        assertThrows<IOException> { factory.createSocket(InetAddress.getLoopbackAddress(), 1) }
    }

    @Test
    fun `closing leaves a socket alone that somebody has`() {
        factory.createSocket("helper", 1)
        factory.closeUnlessHandedOut()
        assertFalse(socket.isClosed)
    }

    @Test
    fun `closing closes a socket that nobody has, and nobody gets it any more`() {
        factory.closeUnlessHandedOut()
        assertTrue(socket.isClosed)
        assertThrows<IOException> { factory.createSocket("helper", 1) }
    }
}
