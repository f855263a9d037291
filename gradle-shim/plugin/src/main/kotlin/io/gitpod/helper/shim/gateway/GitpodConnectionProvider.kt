package io.gitpod.helper.shim.gateway

import com.jetbrains.gateway.api.ConnectionRequestor
import com.jetbrains.gateway.api.CustomConnectionFrameComponentProvider
import com.jetbrains.gateway.api.CustomConnectionFrameContext
import com.jetbrains.gateway.api.GatewayConnectionHandle
import com.jetbrains.gateway.api.GatewayConnectionProvider
import com.jetbrains.rd.util.lifetime.Lifetime
import com.jetbrains.rd.util.lifetime.LifetimeDefinition
import io.gitpod.helper.shim.Texts
import io.gitpod.helper.shim.ide.ShimService
import io.gitpod.helper.shim.view.ConnectionPanel
import io.gitpod.helper.shim.view.MessagePanel
import javax.swing.JComponent

/** Connects to the workspace that a link names, or that was chosen in the list. */
class GitpodConnectionProvider internal constructor(private val service: () -> ShimService) : GatewayConnectionProvider {
    /** As JetBrains Gateway makes it. */
    constructor() : this(ShimService::get)

    override fun isApplicable(parameters: Map<String, String>): Boolean = ConnectLink.isOurs(parameters)

    /** Returns at once: the handle's frame shows how it goes on. */
    override suspend fun connect(parameters: Map<String, String>, requestor: ConnectionRequestor): GatewayConnectionHandle? {
        val service = service()
        val connection = try {
            service.connections.connect(ConnectLink.parse(parameters)) ?: return null
        } catch (invalid: LinkException) {
            return Handle(LifetimeDefinition(), Texts.get("plugin.name")) { MessagePanel(invalid.message ?: "") }
        }
        return Handle(connection.lifetime, connection.workspace.workspaceId) {
            val panel = ConnectionPanel(connection.model, service.remedies(connection.workspace.host), connection::end)
            connection.onChange = panel::show
            panel.also { it.show(connection.model.state) }
        }
    }
}

private class Handle(lifetime: Lifetime, private val name: String, private val content: () -> JComponent) :
    GatewayConnectionHandle(lifetime, null) {
    override fun getTitle(): String = name

    override fun hideToTrayOnStart(): Boolean = false

    override fun customComponentProvider(lifetime: Lifetime) = object : CustomConnectionFrameComponentProvider {
        override val closeConfirmationText: String = Texts.get("connection.closeConfirmation", name)

        override fun createComponent(context: CustomConnectionFrameContext): JComponent = content()
    }
}
