package io.gitpod.helper.shim.gateway

import com.jetbrains.gateway.api.GatewayConnector
import com.jetbrains.gateway.api.GatewayConnectorView
import com.jetbrains.gateway.api.GatewayRecentConnections
import com.jetbrains.rd.util.lifetime.Lifetime
import io.gitpod.helper.shim.Texts
import io.gitpod.helper.shim.ide.ShimService
import io.gitpod.helper.shim.prewarmChannel
import io.gitpod.helper.shim.view.GitpodIcon
import io.gitpod.helper.shim.view.HomePanel
import java.awt.Component
import javax.swing.Icon
import javax.swing.JComponent

private const val ID = "io.gitpod.helper.gateway"

/** Gitpod in JetBrains Gateway's list of ways to connect, and among its recent connections. */
class GitpodConnector internal constructor(private val service: () -> ShimService) : GatewayConnector {
    /** As JetBrains Gateway makes it. */
    constructor() : this(ShimService::get)

    init {
        // JetBrains Gateway shows its first page: the helper is not wanted yet, but most likely soon.
        Thread(::prewarmChannel, "gitpod-helper-prewarm").apply { isDaemon = true }.start()
    }

    override val icon: Icon = GitpodIcon(16)

    override fun createView(lifetime: Lifetime): GatewayConnectorView = object : GatewayConnectorView {
        override val component: JComponent = home(lifetime)
    }

    override fun getActionText(): String = Texts.get("connector.action")

    override fun getConnectorId(): String = ID

    override fun getDescription(): String = Texts.get("connector.description")

    override fun getTitle(): String = Texts.get("connector.title")

    override fun getRecentConnections(setContentCallback: (Component) -> Unit): GatewayRecentConnections =
        object : GatewayRecentConnections {
            override val id: String = ID
            override val recentsIcon: Icon = GitpodIcon(16)

            override fun createRecentsView(lifetime: Lifetime): JComponent = home(lifetime)

            override fun getRecentsTitle(): String = Texts.get("connector.title")

            /** The list is live. */
            override fun updateRecentView() = Unit
        }

    private fun home(lifetime: Lifetime): JComponent =
        HomePanel(service().home).also { lifetime.onTermination(it::close) }
}
