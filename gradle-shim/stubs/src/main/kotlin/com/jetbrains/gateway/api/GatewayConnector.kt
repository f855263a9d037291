package com.jetbrains.gateway.api

import com.jetbrains.rd.util.lifetime.Lifetime
import java.awt.Component
import javax.swing.Icon
import javax.swing.JComponent

/** PROVEN. What has a body here has a default in JetBrains Gateway, since some plugins leave it out. */
interface GatewayConnector {
    val icon: Icon
    fun createView(lifetime: Lifetime): GatewayConnectorView
    fun getActionText(): String
    fun getConnectorId(): String = javaClass.name
    fun getDescription(): String?
    fun getRecentConnections(setContentCallback: (Component) -> Unit): GatewayRecentConnections? = null
    fun getTitle(): String
}

/** PROVEN. */
interface GatewayConnectorView {
    val component: JComponent
}

/** PROVEN. */
interface GatewayRecentConnections {
    val id: String get() = javaClass.name
    val recentsIcon: Icon
    fun createRecentsView(lifetime: Lifetime): JComponent
    fun getRecentsTitle(): String
    fun updateRecentView()
}
