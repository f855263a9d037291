package io.gitpod.helper.shim.support

import java.net.ConnectException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.Socket
import java.net.SocketException
import java.time.Duration

private val patience = Duration.ofSeconds(10)

/**
 * Connects until the local port refuses. A connection that is still taken is waited on until the other side drops it,
 * so that nothing spins.
 */
fun awaitPortClosed(port: Int) {
    val giveUpAt = System.nanoTime() + patience.toNanos()
    while (System.nanoTime() < giveUpAt) {
        try {
            Socket().use { socket ->
                socket.soTimeout = patience.toMillis().toInt()
                socket.connect(InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                socket.getInputStream().read()
            }
        } catch (_: ConnectException) {
            return
        } catch (_: SocketException) {
            // Taken and dropped: on its way down.
        }
    }
    error("port $port still takes connections after $patience")
}
