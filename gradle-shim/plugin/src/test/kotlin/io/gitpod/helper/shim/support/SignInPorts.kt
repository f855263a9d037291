package io.gitpod.helper.shim.support

import java.io.IOException
import java.net.InetAddress
import java.net.ServerSocket
import java.util.concurrent.TimeUnit

/** Next to the ports that sign-ins use; whoever listens on it has them for itself, among all tests on this machine. */
private const val LOCK_PORT = 63_109

/** Keeps the ten fixed ports of sign-ins from other tests until it is closed. */
fun ownSignInPorts(): AutoCloseable {
    val giveUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(120)
    while (true) {
        try {
            return ServerSocket(LOCK_PORT, 1, InetAddress.getLoopbackAddress())
        } catch (taken: IOException) {
            if (System.nanoTime() > giveUpAt) throw taken
            Thread.sleep(25)
        }
    }
}
