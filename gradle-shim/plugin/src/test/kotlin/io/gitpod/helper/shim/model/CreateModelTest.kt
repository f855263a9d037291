package io.gitpod.helper.shim.model

import io.gitpod.helper.shim.support.Installation
import io.gitpod.helper.shim.support.Plugin
import io.gitpod.helper.shim.support.Told
import io.gitpod.helper.shim.support.signal
import io.gitpod.helper.v1.CreateWorkspaceRequest
import io.gitpod.helper.v1.FailureCode
import io.gitpod.helper.v1.WorkspacePhase
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.Test

private const val PAGE = "https://github.com/example/model/tree/main"

/** A new workspace, with a helper that may not be there. */
class CreateModelTest {
    private val host = installation.gitpod.host
    private val plugin = Plugin(installation)
    private val told = Told<CreateState>()
    private val model = CreateModel(plugin.life, plugin.service.threads, told::invoke)

    @AfterEach
    fun close() {
        model.close()
        plugin.close()
    }

    @Test
    fun `what can be chosen is asked though the helper is on its way, and the workspace comes to run`() {
        model.choose(host)
        told.await("it is known") { it.options != null }
        model.create(request(PAGE))
        told.await("it runs") { it.workspace?.phase == WorkspacePhase.WORKSPACE_PHASE_RUNNING && !it.creating }
    }

    @Test
    fun `a click while no helper runs is answered with the reason`() {
        model.create(request(PAGE))
        val failure = told.await("it is refused") { it.failure != null && !it.creating }.failure
        assertEquals("The Gitpod helper is being started.", failure?.message)
        model.choose(host)
        told.await("the helper is started for it") { it.options != null }
    }

    @Test
    fun `a helper that ends in the middle is said to have ended, and the next one is asked what can be chosen`() {
        model.choose(host)
        told.await("it is known") { it.options != null }
        plugin.helper().signal("STOP")
        model.create(request(PAGE))
        told.await("it is asked for") { it.creating }
        plugin.helper().signal("KILL")
        val ended = told.await("it is told") { it.failure != null }
        assertTrue("137" in ended.failure!!.message, ended.failure!!.message)
        assertTrue(!ended.creating)
        told.await("the next one is asked") { plugin.helpers.size == 2 && it.options != null }
        model.retry()
        told.await("it is made") { it.workspace != null }
    }

    @Test
    fun `a page that is none is refused, and another can be taken`() {
        model.choose(host)
        told.await("it is known") { it.options != null }
        model.create(request("not a page"))
        val refused = told.await("it is refused") { it.failure != null }
        assertTrue(refused.failure!!.code != FailureCode.FAILURE_CODE_INTERNAL, refused.failure!!.message)
        assertNotNull(refused.options)
        model.create(request(PAGE))
        told.await("it is made") { it.workspace != null && it.failure == null }
    }

    private companion object {
        /** Its own: others count the workspaces that there are. */
        lateinit var installation: Installation

        @BeforeAll
        @JvmStatic
        fun openInstallation() {
            installation = Installation()
        }

        @AfterAll
        @JvmStatic
        fun closeInstallation() = installation.close()
    }

    private fun request(page: String) = CreateWorkspaceRequest.newBuilder().setHost(host).setContextUrl(page).build()
}
