package io.gitpod.helper.shim.gateway

import io.gitpod.helper.shim.model.ConnectionModel
import io.gitpod.helper.shim.model.ThinClient
import io.gitpod.helper.shim.model.Threads
import io.gitpod.helper.shim.life.HelperLife
import io.gitpod.helper.shim.support.Installation
import io.gitpod.helper.shim.support.InstallationResolver
import io.gitpod.helper.shim.support.JoinLink
import io.gitpod.helper.shim.support.Load
import io.gitpod.helper.shim.support.await
import io.gitpod.helper.shim.support.awaitPortClosed
import io.gitpod.helper.shim.support.initializeRequest
import io.gitpod.helper.shim.support.startHelper
import io.gitpod.helper.shim.support.workspace
import io.gitpod.helper.v1.ConnectRequest
import io.gitpod.helper.v1.InitializeRequest
import java.net.URI
import java.nio.file.Path
import java.util.Base64
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith

private const val LOAD_BYTES = 8L shl 20

/** An IDE that is killed leaves nothing behind. */
@Tag("slow")
@ExtendWith(InstallationResolver::class)
class IdeKilledTest {
    @Test
    fun `when the IDE is killed while bytes flow, its helper ends and the port is free`(installation: Installation) {
        val java = Path.of(System.getProperty("java.home"), "bin", "java").toString()
        val properties = listOf("helper.node", "helper.script").map { "-D$it=${System.getProperty(it)}" }
        val connect = ConnectRequest.newBuilder().setWorkspace(installation.workspace("ready")).build()
        val arguments = listOf(installation.initializeRequest().toByteArray(), connect.toByteArray()).map(Base64.getEncoder()::encodeToString)
        val command = listOf(java, "-cp", System.getProperty("java.class.path")) + properties + "io.gitpod.helper.shim.gateway.IdeProcess"
        val ide = ProcessBuilder(command + arguments).redirectError(ProcessBuilder.Redirect.DISCARD).start()
        try {
            val (helperPid, link) = ide.inputReader().readLine().split(' ')
            Load(JoinLink(link)).use { load ->
                load.awaitBytes(LOAD_BYTES)
                ide.destroyForcibly()
                assertEquals(128 + 9, ide.waitFor())
                await("its helper has ended") { ProcessHandle.of(helperPid.toLong()).isEmpty }
                load.awaitEnd()
            }
            awaitPortClosed(JoinLink(link).port)
        } finally {
            ide.destroyForcibly()
        }
    }
}

/** Connects, says the helper's pid and the join link, and waits to be killed. */
object IdeProcess {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val (initialize, connect) = arguments.map(Base64.getDecoder()::decode)
        var pid = 0L
        val life = HelperLife({ startHelper().also { pid = it.pid } }, { InitializeRequest.parseFrom(initialize) })
        val client = object : ThinClient {
            override fun open(joinLink: URI) = println("$pid $joinLink")
            override fun replaceLink(joinLink: URI) = Unit
            override fun reconnect() = Unit
        }
        ConnectionModel(life, Threads(), ConnectRequest.parseFrom(connect), client) {}.connect()
        Thread.currentThread().join()
    }
}
