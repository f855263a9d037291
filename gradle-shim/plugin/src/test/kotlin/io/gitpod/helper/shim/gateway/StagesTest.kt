package io.gitpod.helper.shim.gateway

import io.gitpod.helper.shim.model.ConnectionModel
import io.gitpod.helper.shim.model.ConnectionState
import io.gitpod.helper.shim.support.Installation
import io.gitpod.helper.shim.support.InstallationResolver
import io.gitpod.helper.shim.support.JoinLink
import io.gitpod.helper.shim.support.LinksOnlyClient
import io.gitpod.helper.shim.support.Load
import io.gitpod.helper.shim.support.Plugin
import io.gitpod.helper.shim.support.Told
import io.gitpod.helper.shim.support.await
import io.gitpod.helper.shim.support.awaitPortClosed
import io.gitpod.helper.shim.support.connectionService
import io.gitpod.helper.shim.support.signal
import io.gitpod.helper.shim.support.workspace
import io.gitpod.helper.v1.ConnectPhase
import io.gitpod.helper.v1.ConnectRequest
import io.gitpod.helper.v1.ListConnectionsRequest
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource

private const val LOAD_BYTES = 8L shl 20

/** What happens in the middle of a connection, at each of its stages. */
@Tag("slow")
@ExtendWith(InstallationResolver::class)
class StagesTest(private val installation: Installation) {
    private val plugin = Plugin(installation)
    private val told = Told<ConnectionState>()
    private val client = LinksOnlyClient()
    private val links get() = client.links

    @AfterEach
    fun close() = plugin.close()

    @ParameterizedTest
    @EnumSource(
        value = ConnectPhase::class, mode = EnumSource.Mode.EXCLUDE,
        names = ["UNRECOGNIZED", "CONNECT_PHASE_UNSPECIFIED", "CONNECT_PHASE_STARTING_WORKSPACE"],
    )
    fun `cancelling ends the connection, and nothing else`(phase: ConnectPhase) {
        val connection = connect(roleFor(phase))
        told.await("it is at $phase") { it.phase == phase }

        connection.close()

        told.await("it is over") { it.ended && it.failure == null }
        val service = plugin.helper().connectionService
        await("the helper has none") { service.listConnections(ListConnectionsRequest.getDefaultInstance()).connectionsCount == 0 }
        links.forEach { awaitPortClosed(it.port) }
        assertEquals(1, plugin.helpers.size)
    }

    @ParameterizedTest
    @EnumSource(
        value = ConnectPhase::class, mode = EnumSource.Mode.EXCLUDE,
        names = ["UNRECOGNIZED", "CONNECT_PHASE_UNSPECIFIED", "CONNECT_PHASE_STARTING_WORKSPACE", "CONNECT_PHASE_WAITING_FOR_BACKEND"],
    )
    fun `when the helper is killed, the next one connects`(phase: ConnectPhase) {
        val connection = connect("ready")
        told.await("it is at $phase") { it.phase == phase }

        plugin.helper().signal("KILL")

        told.await("that is told") { it.interruption != null }
        told.await("it is connected") { it.ready && it.interruption == null }
        assertEquals(1, links.map { it.port }.distinct().size)
        assertEquals(2, plugin.helpers.size)
        connection.close()
        awaitPortClosed(links.first().port)
    }

    @Test
    fun `while the IDE backend is waited for, a helper that is killed makes no difference`() {
        val connection = connect("backendBooting")
        told.await("it is waited for") { it.phase == ConnectPhase.CONNECT_PHASE_WAITING_FOR_BACKEND }
        plugin.helper().signal("KILL")
        told.await("that is told") { it.interruption != null }
        told.await("it is waited for again") { it.phase == ConnectPhase.CONNECT_PHASE_WAITING_FOR_BACKEND && it.interruption == null }
        connection.close()
    }

    @Test
    fun `while bytes flow, a helper that is killed ends them at once, and the next one connects`() {
        val connection = connect("ready")
        told.await("it is connected") { it.ready }
        Load(JoinLink(links.single().toString())).use { load ->
            load.awaitBytes(LOAD_BYTES)
            plugin.helper().signal("KILL")
            load.awaitEnd()
        }
        told.await("that is told") { it.interruption != null }
        told.await("it is connected again") { it.ready && it.interruption == null }
        assertEquals(1, links.map { it.port }.distinct().size)
        connection.close()
        awaitPortClosed(links.first().port)
    }

    @Test
    fun `five connections come back behind their own ports`() {
        val connections = List(5) { connect("ready") }
        await("all are connected") { links.size == 5 && connections.all { it.state.ready } }
        val ports = links.map { it.port }.toSet()
        plugin.helper().signal("KILL")
        await("all are interrupted") { connections.any { it.state.interruption != null } }
        await("all are connected again") { connections.all { it.state.ready && it.state.interruption == null } }
        assertTrue(links.all { it.port in ports })
        connections.forEach(ConnectionModel::close)
        ports.forEach(::awaitPortClosed)
    }

    private fun roleFor(phase: ConnectPhase) =
        if (phase == ConnectPhase.CONNECT_PHASE_WAITING_FOR_BACKEND) "backendBooting" else "ready"

    private fun connect(role: String): ConnectionModel {
        val request = ConnectRequest.newBuilder().setWorkspace(installation.workspace(role)).build()
        return ConnectionModel(plugin.life, plugin.service.threads, request, client, told::invoke).connect()
    }
}
