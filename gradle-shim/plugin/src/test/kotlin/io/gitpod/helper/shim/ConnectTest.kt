package io.gitpod.helper.shim

import io.gitpod.helper.shim.support.ConnectStream
import io.gitpod.helper.shim.support.Installation
import io.gitpod.helper.shim.support.InstallationResolver
import io.gitpod.helper.shim.support.JoinLink
import io.gitpod.helper.shim.support.ThinClient
import io.gitpod.helper.shim.support.awaitPortClosed
import io.gitpod.helper.shim.support.initialize
import io.gitpod.helper.shim.support.startHelper
import io.gitpod.helper.shim.support.workspace
import io.gitpod.helper.v1.ConnectPhase
import io.gitpod.helper.v1.ConnectRequest
import io.gitpod.helper.v1.ConnectResponse
import io.gitpod.helper.v1.ConnectResponse.EventCase
import io.gitpod.helper.v1.ConnectionMethod
import io.gitpod.helper.v1.ConnectionTransport
import io.gitpod.helper.v1.Ready
import kotlin.random.Random
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith

/** From Connect to bytes that come back from the IDE backend through the local port. */
@ExtendWith(InstallationResolver::class)
class ConnectTest(private val installation: Installation) {
    private val helper = startHelper()

    @BeforeEach
    fun initialize() {
        helper.initialize(installation)
    }

    @AfterEach
    fun close() = helper.close()

    @Test
    fun `connects by key and carries bytes`() = connect().use { stream ->
        val events = stream.readUntil(EventCase.READY)

        val ready = events.last().ready
        assertEquals(ConnectionMethod.CONNECTION_METHOD_SSH_GATEWAY_KEY, ready.method)
        assertEquals(ConnectionTransport.CONNECTION_TRANSPORT_TCP, ready.transport)
        assertCarriesBytes(ready)
        assertTellsItsWay(events)
    }

    @Test
    fun `connects by owner token and carries bytes`() {
        val method = ConnectionMethod.CONNECTION_METHOD_SSH_GATEWAY_OWNER_TOKEN
        connect { setMethod(method) }.use { stream ->
            val ready = stream.readUntil(EventCase.READY).last().ready

            assertEquals(method, ready.method)
            assertCarriesBytes(ready)
        }
    }

    @Test
    fun `cancelling ends what is connected and frees the port`() {
        val stream = connect()
        val link = JoinLink(stream.readUntil(EventCase.READY).last().ready.joinLink)
        ThinClient.connect(link).use { client ->
            client.join(link.ticket)
            stream.close()
            client.awaitEnd()
        }
        awaitPortClosed(link.port)
        assertTrue(helper.isAlive)
    }

    private fun connect(more: ConnectRequest.Builder.() -> Unit = {}): ConnectStream {
        val request = ConnectRequest.newBuilder().setWorkspace(installation.workspace("ready")).apply(more).build()
        return ConnectStream(helper, request)
    }

    private fun assertCarriesBytes(ready: Ready) {
        val link = JoinLink(ready.joinLink)
        assertEquals(listOf("tcp", "127.0.0.1", ready.localPort), listOf(link.scheme, link.host, link.port))
        ThinClient.connect(link).use { client ->
            assertEquals("TLSv1.3", client.protocol)
            assertEquals(link.fingerprint, client.backendFingerprint)
            assertEquals("READY ${ready.backendPid}", client.join(link.ticket))

            val bytes = Random.nextBytes(64 * 1024)
            client.send(bytes)
            assertArrayEquals(bytes, client.receive(bytes.size))
        }
    }

    private fun assertTellsItsWay(events: List<ConnectResponse>) {
        assertEquals(1, events.map { it.connectionId }.distinct().size)
        val phases = events.filter { it.eventCase == EventCase.PHASE }.map { it.phase.phase }
        assertEquals(ConnectPhase.CONNECT_PHASE_RESOLVING, phases.first())
        val inOrder = listOf(
            ConnectPhase.CONNECT_PHASE_PLANNING,
            ConnectPhase.CONNECT_PHASE_CONNECTING,
            ConnectPhase.CONNECT_PHASE_AUTHENTICATING,
        )
        assertEquals(inOrder, phases.filter { it in inOrder })
        assertTrue(events.any { it.eventCase == EventCase.PLAN })
    }
}
