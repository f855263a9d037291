package io.gitpod.helper.shim.support

import java.net.SocketException
import java.security.MessageDigest
import java.security.SecureRandom
import java.security.cert.Certificate
import java.security.cert.X509Certificate
import java.util.HexFormat
import javax.net.ssl.SSLContext
import javax.net.ssl.SSLSocket
import javax.net.ssl.X509TrustManager

/** How long a read may take. */
private const val READ_TIMEOUT_MS = 20_000

/** Does what JetBrains' thin client does with a join link: TLS 1.3 to its address, then the ticket. */
class ThinClient private constructor(private val socket: SSLSocket) : AutoCloseable {
    val protocol: String get() = socket.session.protocol

    /** SHA-256 of the certificate that the backend showed: upper-case hexadecimal. */
    val backendFingerprint: String get() = sha256(socket.session.peerCertificates.first())

    /** Shows the ticket; returns the backend's answer, without its line end. */
    fun join(ticket: String): String {
        send("jt=$ticket\n".toByteArray())
        return generateSequence { socket.inputStream.read().takeIf { it >= 0 }?.toChar() }
            .takeWhile { it != '\n' }
            .joinToString("")
    }

    fun send(bytes: ByteArray) {
        socket.outputStream.write(bytes)
        socket.outputStream.flush()
    }

    fun receive(count: Int): ByteArray = socket.inputStream.readNBytes(count)

    /** Waits until the other side is gone, be it with a proper end or without. */
    fun awaitEnd() {
        try {
            while (socket.inputStream.read() >= 0) Unit
        } catch (_: SocketException) {
            // A reset is an end too.
        }
    }

    override fun close() = socket.close()

    companion object {
        fun connect(link: JoinLink): ThinClient {
            val context = SSLContext.getInstance("TLSv1.3")
            context.init(null, arrayOf(AnyCertificate), SecureRandom())
            val socket = context.socketFactory.createSocket(link.host, link.port) as SSLSocket
            socket.soTimeout = READ_TIMEOUT_MS
            socket.startHandshake()
            return ThinClient(socket)
        }
    }
}

/** The fingerprint is what a thin client goes by, and the test compares it. */
private object AnyCertificate : X509TrustManager {
    override fun checkClientTrusted(chain: Array<X509Certificate>, authType: String) = Unit

    override fun checkServerTrusted(chain: Array<X509Certificate>, authType: String) = Unit

    override fun getAcceptedIssuers(): Array<X509Certificate> = emptyArray()
}

private fun sha256(certificate: Certificate): String =
    HexFormat.of().withUpperCase().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.encoded))
