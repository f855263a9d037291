package io.gitpod.helper.shim

import io.gitpod.helper.shim.support.ConnectStream
import io.gitpod.helper.shim.support.Installation
import io.gitpod.helper.shim.support.InstallationResolver
import io.gitpod.helper.shim.support.connectionService
import io.gitpod.helper.shim.support.initialize
import io.gitpod.helper.shim.support.keyService
import io.gitpod.helper.shim.support.startHelper
import io.gitpod.helper.shim.support.workspace
import io.gitpod.helper.shim.support.workspaceById
import io.gitpod.helper.v1.AnswerPromptRequest
import io.gitpod.helper.v1.ConnectRequest
import io.gitpod.helper.v1.ConnectResponse.EventCase
import io.gitpod.helper.v1.FailureCode
import io.gitpod.helper.v1.ListKeysRequest
import io.gitpod.helper.v1.PlanRequest
import io.gitpod.helper.v1.PromptKind
import io.gitpod.helper.v1.RemedyAction
import io.gitpod.helper.v1.WorkspaceRef
import io.grpc.Status
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith

/** Failures arrive as data, in a call's trailers and in the last event of a stream. */
@ExtendWith(InstallationResolver::class)
class RefusalTest(private val installation: Installation) {
    private val helper = startHelper()

    @BeforeEach
    fun initialize() {
        helper.initialize(installation)
    }

    @AfterEach
    fun close() = helper.close()

    @Test
    fun `Plan refuses what is no workspace id`() {
        val failure = assertRefused(Status.Code.INVALID_ARGUMENT, FailureCode.FAILURE_CODE_WORKSPACE_ID_INVALID) {
            helper.connectionService.plan(planRequest(installation.workspaceById("-oProxyCommand=x")))
        }
        assertEquals(false, failure.retryable)
    }

    @Test
    fun `Connect refuses what is no workspace id`() {
        assertRefused(Status.Code.INVALID_ARGUMENT, FailureCode.FAILURE_CODE_WORKSPACE_ID_INVALID) {
            ConnectStream(helper, connectRequest(installation.workspaceById("no such id"))).use { it.readToEnd() }
        }
    }

    @Test
    fun `Plan refuses a workspace that does not exist`() {
        assertRefused(Status.Code.NOT_FOUND, FailureCode.FAILURE_CODE_WORKSPACE_NOT_FOUND) {
            helper.connectionService.plan(planRequest(installation.workspaceById("amber-beetle-abcdefghijk")))
        }
    }

    @Test
    fun `an installation without a credential wants a sign-in`() {
        val failure = assertRefused(Status.Code.UNAUTHENTICATED, FailureCode.FAILURE_CODE_SIGN_IN_REQUIRED) {
            val elsewhere = installation.workspace("ready").toBuilder().setHost("elsewhere.test").build()
            helper.connectionService.plan(planRequest(elsewhere))
        }
        assertEquals(RemedyAction.REMEDY_ACTION_SIGN_IN, failure.remediesList.first().action)
        assertEquals("elsewhere.test", failure.detailsMap["host"])
    }

    @Test
    fun `a malformed host is refused`() {
        assertRefused(Status.Code.INVALID_ARGUMENT, FailureCode.FAILURE_CODE_INVALID_ARGUMENT) {
            helper.keyService.listKeys(ListKeysRequest.newBuilder().setHost("not a host").build())
        }
    }

    @Test
    fun `Connect to a stopped workspace asks whether to start it, and after a no ends with the failure as its last event`() {
        val stopped = installation.workspace("stopped")
        val last = ConnectStream(helper, connectRequest(stopped)).use { stream ->
            val prompt = stream.readUntil(EventCase.PROMPT).last().prompt
            assertEquals(PromptKind.PROMPT_KIND_START_WORKSPACE, prompt.kind)
            val no = AnswerPromptRequest.newBuilder().setPromptId(prompt.promptId).setConsent(false).build()
            helper.connectionService.answerPrompt(no)
            stream.readToEnd().last()
        }

        assertEquals(EventCase.ENDED, last.eventCase)
        val failure = last.ended.failure
        assertShowable(FailureCode.FAILURE_CODE_WORKSPACE_STOPPED, failure)
        assertEquals(RemedyAction.REMEDY_ACTION_START_WORKSPACE, failure.remediesList.first().action)
        assertEquals(stopped.workspaceId, failure.detailsMap["workspace_id"])
    }

    private fun planRequest(workspace: WorkspaceRef) = PlanRequest.newBuilder().setWorkspace(workspace).build()

    private fun connectRequest(workspace: WorkspaceRef) = ConnectRequest.newBuilder().setWorkspace(workspace).build()
}
