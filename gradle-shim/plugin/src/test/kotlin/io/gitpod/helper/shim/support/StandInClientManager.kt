package io.gitpod.helper.shim.support

import com.jetbrains.gateway.thinClientLink.LinkedClientManager
import com.jetbrains.rd.util.lifetime.Lifetime
import com.jetbrains.rd.util.reactive.Signal
import io.gitpod.helper.shim.gateway.GatewayCalls
import java.net.URI
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

/** Stands in for JetBrains Gateway's keeper of thin clients, in the shape it has since 2025.1. */
class StandInClientManager {
    val clients = CopyOnWriteArrayList<StandInClient>()

    /** It has no client for the backend's build. */
    @Volatile
    var refuse = false
    private val started = LinkedBlockingQueue<StandInClient>()

    @Suppress("UNUSED_PARAMETER")
    fun startNewClient(
        lifetime: Lifetime, initialLink: URI, remoteIdentity: String?, onStarted: () -> Unit, enableBeforeRunHooks: Boolean,
    ): StandInClient = StandInClient(initialLink).also {
        check(!refuse) { "no client for this build" }
        clients += it
        started += it
        onStarted()
    }

    fun awaitClient(): StandInClient = started.poll(30, TimeUnit.SECONDS) ?: throw AssertionError("no client was started")

    /** The calls with this behind them. */
    internal fun calls(): GatewayCalls {
        LinkedClientManager.manager = this
        return GatewayCalls(javaClass.classLoader) { "GW-243.1" }
    }
}

/** A thin client: what was asked of it. */
class StandInClient(val link: URI) {
    val clientClosed = Signal<Unit>()
    val asked = CopyOnWriteArrayList<String>()

    @Volatile
    var replaced: URI? = null

    /** It cannot be told anything, as in an IDE that has changed. */
    @Volatile
    var isDeaf = false

    fun updateJoinLink(newLink: URI, forceReconnect: Boolean) {
        check(!isDeaf) { "no other link for this client" }
        check(forceReconnect)
        replaced = newLink
        asked += "updateJoinLink"
    }

    fun notifyReconnect() {
        check(!isDeaf) { "no reconnect for this client" }
        asked += "notifyReconnect"
    }

    fun focusClientWindow() {
        asked += "focusClientWindow"
    }
}
