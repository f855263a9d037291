package io.gitpod.helper.shim.gateway

import com.jetbrains.rd.util.lifetime.LifetimeDefinition
import io.gitpod.helper.shim.ide.Ide
import io.gitpod.helper.shim.life.HelperLife
import io.gitpod.helper.shim.model.ConnectionModel
import io.gitpod.helper.shim.model.ConnectionState
import io.gitpod.helper.shim.model.Threads
import io.gitpod.helper.v1.ConnectRequest
import io.gitpod.helper.v1.WorkspaceRef

/** The connections there are: at most one to a workspace. */
internal class Connections(
    private val life: HelperLife,
    private val threads: Threads,
    private val ide: Ide,
    private val calls: GatewayCalls,
) {
    private val open = HashMap<WorkspaceRef, OpenConnection>()

    /** Connects; null when there is a connection already, whose window then comes to the front. */
    @Synchronized
    fun connect(link: ConnectLink): OpenConnection? {
        val there = open[link.workspace]
        if (there != null && !there.model.state.ended) {
            threads.background.execute(there::focus)
            return null
        }
        there?.end()
        return OpenConnection(link).also { open[link.workspace] = it }
    }

    @Synchronized
    private fun forget(connection: OpenConnection) {
        open.remove(connection.workspace, connection)
    }

    /** One connection, for as long as its [lifetime]. */
    inner class OpenConnection(link: ConnectLink) {
        val workspace: WorkspaceRef = link.workspace
        val lifetime = LifetimeDefinition()
        private val client = LinkedThinClient(calls, lifetime, workspace.workspaceId, ::end)

        /** Called on the thread that paints. */
        var onChange: (ConnectionState) -> Unit = {}

        val model = ConnectionModel(life, threads, requestFor(link), client, ::changed)

        init {
            lifetime.onTermination {
                forget(this)
                model.close()
            }
            model.connect()
        }

        fun focus() = client.focus()

        /** Ends it, with its frame. */
        fun end() = threads.ui.execute { lifetime.terminate() }

        private fun changed(state: ConnectionState) {
            onChange(state)
            if (state.ended && state.failure == null) lifetime.terminate()
        }

        private fun requestFor(link: ConnectLink): ConnectRequest = ide.settings.let { settings ->
            ConnectRequest.newBuilder()
                .setWorkspace(link.workspace)
                .setBackendPort(link.backendPort)
                .setUseLocalApp(settings.useLocalCompanion)
                .setAdditionalHeartbeat(settings.heartbeat)
                .build()
        }
    }
}
