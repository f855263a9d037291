package io.gitpod.helper.shim.gateway

import com.jetbrains.rd.util.lifetime.Lifetime
import com.jetbrains.rd.util.lifetime.LifetimeDefinition
import com.jetbrains.rd.util.reactive.ISource
import com.jetbrains.rd.util.reactive.Signal
import io.gitpod.helper.shim.model.ThinClientException
import java.net.URI
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

private val link = URI("tcp://127.0.0.1:5990#jt=1")

/** Every shape that JetBrains Gateway's own classes have had, or may have. */
class GatewayCallsTest {
    private val calls = GatewayCalls(GatewayCallsTest::class.java.classLoader) { "GW-243.99" }
    private val lifetime = LifetimeDefinition()

    private fun start(manager: Any): Any = calls.startNewClient(manager, lifetime, link, "ws", {})

    @Test
    fun `a manager with 4 parameters, as until 2024-3`() = assertEquals("$link ws 4", start(FourParameters()))

    @Test
    fun `a manager with 5 parameters, as since 2025-1`() = assertEquals("$link ws false", start(FiveParameters()))

    @Test
    fun `a manager with one more parameter, which may be null`() = assertEquals("$link ws null", start(SixParameters()))

    @Test
    fun `a manager that is an interface, behind a class that is not public`() =
        assertEquals("$link ws false", start(hiddenManager()))

    @Test
    fun `a manager without the method is said to lack it, with the IDE's build`() {
        val error = assertThrows<ThinClientException> { start(Any()) }
        assertEquals("This JetBrains Gateway (GW-243.99) has no LinkedClientManager.startNewClient as this plugin knows it.", error.message)
    }

    @Test
    fun `a manager that wants a number that nobody knows is not guessed at`() {
        assertThrows<ThinClientException> { start(WantsNumber()) }
    }

    @Test
    fun `an IDE without the class is said to lack it`() {
        val without = GatewayCalls(ClassLoader.getPlatformClassLoader()) { "GW-243.99" }
        val error = assertThrows<ThinClientException> { without.startNewClient(lifetime, link, "ws") {} }
        assertTrue("LinkedClientManager" in error.message!! && "GW-243.99" in error.message!!, error.message)
    }

    @Test
    fun `what the IDE throws is told`() {
        val error = assertThrows<ThinClientException> { start(Throwing()) }
        assertTrue("no client for this build" in error.message!!, error.message)
    }

    @Test
    fun `a client that is a class`() = assertClientWorks(ClientClass())

    @Test
    fun `a client that is an interface, behind a class that is not public`() = assertClientWorks(hiddenClient())

    private fun assertClientWorks(client: Any) {
        client as Recording
        var closed = 0
        calls.whenClosed(client, lifetime) { closed++ }
        calls.updateJoinLink(client, link)
        calls.notifyReconnect(client)
        calls.focusClientWindow(client)
        client.closeIt()

        assertEquals(listOf("$link true", "notifyReconnect", "focusClientWindow"), client.asked)
        assertEquals(1, closed)
    }
}

class FourParameters {
    fun startNewClient(lifetime: Lifetime, initialLink: URI, remoteIdentity: String?, onStarted: () -> Unit): Any {
        check(lifetime is LifetimeDefinition)
        onStarted()
        return "$initialLink $remoteIdentity 4"
    }
}

class FiveParameters {
    fun startNewClient(lifetime: Lifetime, initialLink: URI, remoteIdentity: String?, onStarted: () -> Unit, hooks: Boolean): Any {
        check(lifetime is LifetimeDefinition)
        onStarted()
        return "$initialLink $remoteIdentity $hooks"
    }

    /** As Kotlin makes one for a default. */
    fun startNewClient(other: String): Any = other
}

class SixParameters {
    fun startNewClient(
        lifetime: Lifetime, initialLink: URI, remoteIdentity: String?, onStarted: () -> Unit, hooks: Boolean, more: Thread?,
    ): Any {
        check(lifetime is LifetimeDefinition && !hooks)
        onStarted()
        return "$initialLink $remoteIdentity $more"
    }
}

class WantsNumber {
    fun startNewClient(lifetime: Lifetime, initialLink: URI, timeoutMs: Int): Any = "$lifetime $initialLink $timeoutMs"
}

class Throwing {
    fun startNewClient(lifetime: Lifetime, initialLink: URI): Any = error("no client for this build: $lifetime $initialLink")
}

interface ManagerInterface {
    fun startNewClient(lifetime: Lifetime, initialLink: URI, remoteIdentity: String?, onStarted: () -> Unit, hooks: Boolean): Any
}

private fun hiddenManager(): Any = object : ManagerInterface {
    override fun startNewClient(lifetime: Lifetime, initialLink: URI, remoteIdentity: String?, onStarted: () -> Unit, hooks: Boolean): Any =
        "$initialLink $remoteIdentity $hooks"
}

interface Recording {
    val asked: MutableList<String>
    fun closeIt()
}

open class ClientClass : Recording {
    override val asked = mutableListOf<String>()
    private val closed = Signal<Unit>()
    val clientClosed: ISource<Unit> get() = closed

    fun updateJoinLink(newLink: URI, forceReconnect: Boolean) {
        asked += "$newLink $forceReconnect"
    }

    fun notifyReconnect() {
        asked += "notifyReconnect"
    }

    fun focusClientWindow() {
        asked += "focusClientWindow"
    }

    override fun closeIt() = closed.fire(Unit)
}

interface ClientInterface {
    val clientClosed: ISource<Unit>
    fun updateJoinLink(newLink: URI, forceReconnect: Boolean)
    fun notifyReconnect()
    fun focusClientWindow()
}

private fun hiddenClient(): Any = object : ClientInterface, Recording {
    private val behind = ClientClass()
    override val asked get() = behind.asked
    override val clientClosed get() = behind.clientClosed
    override fun updateJoinLink(newLink: URI, forceReconnect: Boolean) = behind.updateJoinLink(newLink, forceReconnect)
    override fun notifyReconnect() = behind.notifyReconnect()
    override fun focusClientWindow() = behind.focusClientWindow()
    override fun closeIt() = behind.closeIt()
}
