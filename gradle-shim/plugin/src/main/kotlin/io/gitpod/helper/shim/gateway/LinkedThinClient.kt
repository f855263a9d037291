package io.gitpod.helper.shim.gateway

import com.jetbrains.rd.util.lifetime.Lifetime
import io.gitpod.helper.shim.model.ThinClient
import io.gitpod.helper.shim.model.ThinClientException
import java.net.URI

/** The thin client that JetBrains Gateway starts. [onClosed] is called when a person closes it. */
internal class LinkedThinClient(
    private val calls: GatewayCalls,
    private val lifetime: Lifetime,
    private val identity: String,
    private val onClosed: () -> Unit,
) : ThinClient {
    @Volatile
    private var handle: Any? = null

    override fun open(joinLink: URI) {
        val started = calls.startNewClient(lifetime, joinLink, identity) {}
        handle = started
        calls.whenClosed(started, lifetime, onClosed)
    }

    override fun replaceLink(joinLink: URI) {
        handle?.let { calls.updateJoinLink(it, joinLink) }
    }

    /** A client that cannot be told tries again by itself, only later. */
    override fun reconnect() {
        runCatching { handle?.let(calls::notifyReconnect) }.onFailure { if (it !is ThinClientException) throw it }
    }

    /** Brings its window to the front; false when it has none yet. */
    fun focus(): Boolean {
        calls.focusClientWindow(handle ?: return false)
        return true
    }
}
