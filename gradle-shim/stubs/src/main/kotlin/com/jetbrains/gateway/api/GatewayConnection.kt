package com.jetbrains.gateway.api

import com.jetbrains.gateway.thinClientLink.ThinClientHandle
import com.jetbrains.rd.util.lifetime.Lifetime
import javax.swing.JComponent

// Evidence: PROVEN means that open-source plugins can only compile against this shape, or that the IDE's verifier names
// it; LIKELY means that several plugins use it so, and that no other shape is known.

/** LIKELY an enum; nothing of it is used. */
enum class ConnectionRequestor { Local }

/** PROVEN. */
interface GatewayConnectionProvider {
    suspend fun connect(parameters: Map<String, String>, requestor: ConnectionRequestor): GatewayConnectionHandle?
    fun isApplicable(parameters: Map<String, String>): Boolean
}

/** PROVEN as a class; the constructor with two parameters is LIKELY. */
abstract class GatewayConnectionHandle(val lifetime: Lifetime, val clientHandle: ThinClientHandle?) {
    abstract fun getTitle(): String
    abstract fun hideToTrayOnStart(): Boolean
    open fun customComponentProvider(lifetime: Lifetime): CustomConnectionFrameComponentProvider? = null
}

/** PROVEN as a type; nothing of it is used. */
interface CustomConnectionFrameContext

/** PROVEN. */
interface CustomConnectionFrameComponentProvider {
    val closeConfirmationText: String
    fun createComponent(context: CustomConnectionFrameContext): JComponent
}
