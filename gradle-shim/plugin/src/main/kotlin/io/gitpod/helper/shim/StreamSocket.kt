package io.gitpod.helper.shim

import java.io.InputStream
import java.io.OutputStream
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.Socket
import java.net.SocketAddress
import java.net.SocketImpl
import java.util.concurrent.atomic.AtomicBoolean

/**
 * A connected [Socket] whose two directions are streams of a process. There is no socket of the operating system behind
 * it; it overrides what grpc-okhttp calls, and the state that goes with it.
 */
internal class StreamSocket(
    private val input: InputStream,
    private val output: OutputStream,
) : Socket(null as SocketImpl?) {
    private val closed = AtomicBoolean()

    override fun getInputStream(): InputStream = input

    override fun getOutputStream(): OutputStream = output

    /** Closes both streams. Blocks while a process that does not read keeps [output] from being flushed. */
    override fun close() {
        if (!closed.compareAndSet(false, true)) return
        output.use { input.close() }
    }

    override fun isClosed(): Boolean = closed.get()

    override fun isConnected(): Boolean = true

    override fun isBound(): Boolean = true

    /** There is no TCP: what is written goes out when it is flushed. */
    override fun setTcpNoDelay(on: Boolean) = Unit

    override fun getRemoteSocketAddress(): SocketAddress = nominalAddress

    override fun getLocalSocketAddress(): SocketAddress = nominalAddress

    override fun toString(): String = "StreamSocket"

    companion object {
        /** Stands in where gRPC wants an address; nothing is ever dialled. */
        val nominalAddress = InetSocketAddress(InetAddress.getLoopbackAddress(), 1)
    }
}
