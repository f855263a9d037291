package io.gitpod.helper.shim

import io.gitpod.helper.shim.support.Installation
import io.gitpod.helper.shim.support.InstallationResolver
import io.gitpod.helper.shim.support.PROTOCOL_VERSION
import io.gitpod.helper.shim.support.health
import io.gitpod.helper.shim.support.helperService
import io.gitpod.helper.shim.support.initialize
import io.gitpod.helper.shim.support.initializeRequest
import io.gitpod.helper.shim.support.withHelper
import io.gitpod.helper.shim.support.workspaceService
import io.gitpod.helper.v1.FailureCode
import io.gitpod.helper.v1.ListWorkspacesRequest
import io.grpc.Status
import io.grpc.health.v1.HealthCheckRequest
import io.grpc.health.v1.HealthCheckResponse.ServingStatus
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith

@ExtendWith(InstallationResolver::class)
class HandshakeTest {
    @Test
    fun `Initialize tells who answers and what it can`(installation: Installation) = withHelper { helper ->
        val answer = helper.initialize(installation)

        assertEquals(PROTOCOL_VERSION, answer.protocolVersion)
        assertTrue(answer.helperVersion.matches(Regex("""\d+\.\d+\.\d+.*""")), answer.helperVersion)
        assertTrue("connect.tcp" in answer.capabilitiesList, answer.capabilitiesList.toString())
    }

    @Test
    fun `the health service is SERVING before Initialize`() = withHelper { helper ->
        for (service in listOf("", "gitpod.helper.v1.ConnectionService")) {
            val request = HealthCheckRequest.newBuilder().setService(service).build()
            assertEquals(ServingStatus.SERVING, helper.health.check(request).status, "service \"$service\"")
        }
    }

    @Test
    fun `a call before Initialize is refused as NOT_INITIALIZED`() = withHelper { helper ->
        assertRefused(Status.Code.FAILED_PRECONDITION, FailureCode.FAILURE_CODE_NOT_INITIALIZED) {
            helper.workspaceService.listWorkspaces(ListWorkspacesRequest.getDefaultInstance())
        }
    }

    @Test
    fun `a front end of another protocol version is refused`(installation: Installation) = withHelper { helper ->
        val tooNew = PROTOCOL_VERSION + 1
        val request = installation.initializeRequest().toBuilder()
            .setMinProtocolVersion(tooNew)
            .setMaxProtocolVersion(tooNew)
            .build()
        assertRefused(Status.Code.FAILED_PRECONDITION, FailureCode.FAILURE_CODE_PROTOCOL_VERSION_UNSUPPORTED) {
            helper.helperService.initialize(request)
        }
    }
}
