package io.gitpod.helper.shim.support

import java.net.URI

/** `tcp://127.0.0.1:PORT#jt=…&p=…&fp=…&…`: where the thin client connects, and what it checks and shows there. */
class JoinLink(link: String) {
    private val uri = URI(link)
    private val parameters = uri.fragment.split('&').associate { it.substringBefore('=') to it.substringAfter('=') }

    val scheme: String get() = uri.scheme
    val host: String get() = uri.host
    val port: Int get() = uri.port

    /** SHA-256 of the backend's certificate: upper-case hexadecimal. */
    val fingerprint: String get() = parameters.getValue("fp")

    /** Lets one client in, once. */
    val ticket: String get() = parameters.getValue("jt")
}
