package io.gitpod.helper.shim.support

import java.net.BindException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket

/** Takes a local port as soon as it is free. */
fun occupy(port: Int): ServerSocket {
    lateinit var taken: ServerSocket
    await("port $port is free") {
        val socket = ServerSocket()
        try {
            socket.bind(InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            taken = socket
            true
        } catch (_: BindException) {
            socket.close()
            false
        }
    }
    return taken
}
