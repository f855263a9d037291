package io.gitpod.helper.shim.gateway

import io.gitpod.helper.shim.HelperProcess
import io.gitpod.helper.shim.model.ConnectionModel
import io.gitpod.helper.shim.model.ConnectionState
import io.gitpod.helper.shim.support.Installation
import io.gitpod.helper.shim.support.InstallationResolver
import io.gitpod.helper.shim.support.LinksOnlyClient
import io.gitpod.helper.shim.support.Plugin
import io.gitpod.helper.shim.support.Told
import io.gitpod.helper.shim.support.health
import io.gitpod.helper.shim.support.signal
import io.gitpod.helper.shim.support.startHelper
import io.gitpod.helper.shim.support.startMisbehavingHelper
import io.gitpod.helper.shim.support.workspace
import io.gitpod.helper.v1.ConnectRequest
import io.grpc.health.v1.HealthCheckRequest
import java.util.concurrent.atomic.AtomicInteger
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

private const val UNINTELLIGIBLE = "Nothing that can be understood comes from the Gitpod helper any more."
private const val MAX_GROWTH_BYTES = 64L shl 20

/** A helper that was well, connected, and then goes wrong. */
@ExtendWith(InstallationResolver::class)
class MisbehavingHelperTest(private val installation: Installation) {
    private val told = Told<ConnectionState>()
    private val client = LinksOnlyClient()
    private val starts = AtomicInteger()
    private var plugin: Plugin? = null

    @AfterEach
    fun close() {
        plugin?.close()
    }

    @Test
    fun `one that writes something else is replaced, and the connection comes back`() = isReplaced("garbage", UNINTELLIGIBLE)

    @Test
    fun `one that closes its output is replaced, and the connection comes back`() =
        isReplaced("closes", "The Gitpod helper has ended (exit code 0).")

    /** Found by the channel's own pings, which takes half a minute. */
    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = ["hangs", "floods"])
    fun `one that does not answer any more is replaced, and the connection comes back`(kind: String) = isReplaced(kind, UNINTELLIGIBLE)

    @Test
    fun `one that logs without end goes on working, and takes no memory`() {
        val helper = begin("logs")
        helper.signal("USR2")
        val before = usedBytes()
        repeat(20) { helper.health.check(HealthCheckRequest.getDefaultInstance()) }
        assertEquals(50, helper.lastLogLines().size)
        assertTrue(usedBytes() - before < MAX_GROWTH_BYTES)
        assertTrue(helper.isAlive)
    }

    private fun isReplaced(kind: String, why: String) {
        val helper = begin(kind)
        helper.signal("USR2")

        val interrupted = told.await("that is told") { it.interruption != null }
        assertEquals(why, interrupted.interruption!!.message)
        told.await("it is connected again") { it.ready && it.interruption == null }
        assertEquals(1, client.links.map { it.port }.distinct().size)
        assertFalse(helper.isAlive)
        assertEquals(2, starts.get())
    }

    /** Connects by one that is well so far. */
    private fun begin(kind: String): HelperProcess {
        val plugin = Plugin(installation) { if (starts.getAndIncrement() == 0) startMisbehavingHelper(kind) else startHelper() }
        this.plugin = plugin
        val request = ConnectRequest.newBuilder().setWorkspace(installation.workspace("ready")).build()
        ConnectionModel(plugin.life, plugin.service.threads, request, client, told::invoke).connect()
        told.await("it is connected") { it.ready }
        return plugin.helper()
    }

    private fun usedBytes(): Long {
        System.gc()
        return Runtime.getRuntime().let { it.totalMemory() - it.freeMemory() }
    }
}
