package io.gitpod.helper.shim

import io.gitpod.helper.shim.support.Installation
import io.gitpod.helper.shim.support.InstallationResolver
import io.gitpod.helper.shim.support.connectionService
import io.gitpod.helper.shim.support.initialize
import io.gitpod.helper.shim.support.keyService
import io.gitpod.helper.shim.support.startHelper
import io.gitpod.helper.shim.support.workspace
import io.gitpod.helper.shim.support.workspaceService
import io.gitpod.helper.v1.ConnectionMethod
import io.gitpod.helper.v1.ConnectionTransport
import io.gitpod.helper.v1.KeySource
import io.gitpod.helper.v1.KeyVerdict
import io.gitpod.helper.v1.ListKeysRequest
import io.gitpod.helper.v1.ListKeysResponse
import io.gitpod.helper.v1.ListWorkspacesRequest
import io.gitpod.helper.v1.PlanRequest
import io.gitpod.helper.v1.RouteVerdict
import io.gitpod.helper.v1.WorkspacePhase
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith

/** What the helper finds out about an installation before anything is dialled. */
@ExtendWith(InstallationResolver::class)
class DiscoveryTest(private val installation: Installation) {
    private val helper = startHelper()

    @BeforeEach
    fun initialize() {
        helper.initialize(installation)
    }

    @AfterEach
    fun close() = helper.close()

    @Test
    fun `ListWorkspaces has every workspace of the user, running ones first`() {
        val answer = helper.workspaceService.listWorkspaces(ListWorkspacesRequest.getDefaultInstance())

        assertEquals(emptyList<Any>(), answer.failuresList)
        val workspaces = answer.workspacesList
        assertEquals(installation.gitpod.workspaceIds.values.toSet(), workspaces.map { it.ref.workspaceId }.toSet())
        assertEquals(installation.workspace("ready"), workspaces.first().ref)
        assertEquals(WorkspacePhase.WORKSPACE_PHASE_RUNNING, workspaces.first().phase)
        assertEquals(installation.workspace("stopped"), workspaces.last().ref)
        assertEquals(WorkspacePhase.WORKSPACE_PHASE_STOPPED, workspaces.last().phase)
    }

    @Test
    fun `ListWorkspaces filters, and gives a page at a time`() {
        val running = ListWorkspacesRequest.newBuilder()
            .addPhases(WorkspacePhase.WORKSPACE_PHASE_RUNNING)
            .setPageSize(2)
            .build()
        val first = helper.workspaceService.listWorkspaces(running)
        val second = helper.workspaceService.listWorkspaces(
            running.toBuilder().setPageToken(first.nextPageToken).build(),
        )

        val refs = (first.workspacesList + second.workspacesList).map { it.ref }
        assertEquals(4, refs.toSet().size)
        assertFalse(installation.workspace("stopped") in refs)
    }

    @Test
    fun `Plan takes the registered key first and keeps the owner token behind it`() {
        val request = PlanRequest.newBuilder().setWorkspace(installation.workspace("ready")).build()
        val routes = helper.connectionService.plan(request).plan.routesList

        val chosen = routes.single { it.verdict == RouteVerdict.ROUTE_VERDICT_CHOSEN }
        assertEquals(ConnectionMethod.CONNECTION_METHOD_SSH_GATEWAY_KEY, chosen.method)
        assertEquals(keyInHome(listKeys()).fingerprint, chosen.keyFingerprint)
        assertEquals(installation.gitpod.sshPort, chosen.target.substringAfterLast(':').toInt())
        val usable = routes.filter { it.verdict == RouteVerdict.ROUTE_VERDICT_USABLE }
        val byOwnerToken = usable.filter { it.method == ConnectionMethod.CONNECTION_METHOD_SSH_GATEWAY_OWNER_TOKEN }
        val transports = listOf(ConnectionTransport.CONNECTION_TRANSPORT_TCP, ConnectionTransport.CONNECTION_TRANSPORT_WEBSOCKET)
        assertEquals(transports, byOwnerToken.map { it.transport })
        assertEquals(listOf(ConnectionMethod.CONNECTION_METHOD_LOCAL_COMPANION), (usable - byOwnerToken).map { it.method })
        assertTrue(routes.all { it.reason.isNotBlank() })
    }

    @Test
    fun `ListKeys matches the key in the home directory with the registered one`() {
        val keys = listKeys()

        val local = keyInHome(keys)
        assertEquals(KeySource.KEY_SOURCE_DEFAULT, local.source)
        assertEquals("ssh-ed25519", local.type)
        assertEquals(KeyVerdict.KEY_VERDICT_USABLE, local.verdict, local.reason)
        val registered = keys.registeredList.single()
        assertEquals(registered.fingerprint, local.fingerprint)
        assertEquals(registered.name, local.registeredAs)
        assertFalse(keys.hasRegisteredFailure())
    }

    private fun listKeys(): ListKeysResponse =
        helper.keyService.listKeys(ListKeysRequest.newBuilder().setHost(installation.gitpod.host).build())

    private fun keyInHome(keys: ListKeysResponse) =
        keys.localList.single { it.path == installation.home.resolve(".ssh/id_ed25519").toString() }
}
