package io.gitpod.helper.shim.support

import io.gitpod.helper.shim.HelperProcess
import io.gitpod.helper.v1.ConnectionServiceGrpc
import io.gitpod.helper.v1.Credential
import io.gitpod.helper.v1.HelperServiceGrpc
import io.gitpod.helper.v1.InitializeRequest
import io.gitpod.helper.v1.InitializeResponse
import io.gitpod.helper.v1.KeyServiceGrpc
import io.gitpod.helper.v1.Overrides
import io.gitpod.helper.v1.WorkspaceRef
import io.gitpod.helper.v1.WorkspaceServiceGrpc
import io.grpc.health.v1.HealthGrpc
import io.grpc.stub.AbstractStub
import java.util.concurrent.TimeUnit

/** The protocol version the tests speak. */
const val PROTOCOL_VERSION = 1

private const val DEADLINE_SECONDS = 30L

private fun <S : AbstractStub<S>> S.withDeadline(): S = withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)

val HelperProcess.health: HealthGrpc.HealthBlockingStub
    get() = HealthGrpc.newBlockingStub(channel).withDeadline()

val HelperProcess.helperService: HelperServiceGrpc.HelperServiceBlockingStub
    get() = HelperServiceGrpc.newBlockingStub(channel).withDeadline()

val HelperProcess.workspaceService: WorkspaceServiceGrpc.WorkspaceServiceBlockingStub
    get() = WorkspaceServiceGrpc.newBlockingStub(channel).withDeadline()

val HelperProcess.keyService: KeyServiceGrpc.KeyServiceBlockingStub
    get() = KeyServiceGrpc.newBlockingStub(channel).withDeadline()

val HelperProcess.connectionService: ConnectionServiceGrpc.ConnectionServiceBlockingStub
    get() = ConnectionServiceGrpc.newBlockingStub(channel).withDeadline()

/** What the front end says first: the installation's credential and how to reach it. */
fun Installation.initializeRequest(): InitializeRequest = InitializeRequest.newBuilder()
    .setClientName("shim-test")
    .setClientVersion("0")
    .setMinProtocolVersion(PROTOCOL_VERSION)
    .setMaxProtocolVersion(PROTOCOL_VERSION)
    .addCredentials(Credential.newBuilder().setHost(gitpod.host).setToken(gitpod.token))
    .setOverrides(
        Overrides.newBuilder()
            .setHome(home.toString())
            .setCaFile(gitpod.caFile)
            .addResolve(gitpod.resolve)
            .setSshPort(gitpod.sshPort),
    )
    .build()

fun HelperProcess.initialize(installation: Installation): InitializeResponse =
    helperService.initialize(installation.initializeRequest())

/** The workspace that plays a part, by [EmbeddedGitpod.workspaceIds]. */
fun Installation.workspace(role: String): WorkspaceRef = workspaceById(gitpod.workspaceIds.getValue(role))

fun Installation.workspaceById(id: String): WorkspaceRef =
    WorkspaceRef.newBuilder().setHost(gitpod.host).setWorkspaceId(id).build()
