package io.gitpod.helper.shim

import java.io.IOException
import java.net.InetAddress
import java.net.Socket
import java.util.concurrent.atomic.AtomicBoolean
import javax.net.SocketFactory

/**
 * Hands out one socket, once: a process has one pair of standard streams. A channel that asks again has lost its helper
 * and gets an [IOException].
 */
internal class OneShotSocketFactory(private val socket: Socket) : SocketFactory() {
    private val handedOut = AtomicBoolean()

    override fun createSocket(host: String, port: Int): Socket = take()

    override fun createSocket(host: String, port: Int, localHost: InetAddress, localPort: Int): Socket = take()

    override fun createSocket(host: InetAddress, port: Int): Socket = take()

    override fun createSocket(host: InetAddress, port: Int, localHost: InetAddress, localPort: Int): Socket = take()

    /** Closes the socket if nobody has it; who has it closes it. */
    fun closeUnlessHandedOut() {
        if (handedOut.compareAndSet(false, true)) socket.close()
    }

    private fun take(): Socket {
        if (!handedOut.compareAndSet(false, true)) throw IOException("the helper is gone")
        return socket
    }
}
