package io.gitpod.helper.shim.gateway

import com.jetbrains.rd.util.lifetime.Lifetime
import com.jetbrains.rd.util.reactive.ISource
import io.gitpod.helper.shim.Texts
import io.gitpod.helper.shim.model.ThinClientException
import java.lang.reflect.InvocationTargetException
import java.lang.reflect.Method
import java.lang.reflect.Modifier
import java.net.URI
import java.security.cert.Certificate

private const val MANAGER = "com.jetbrains.gateway.thinClientLink.LinkedClientManager"
private const val GATEWAY_UI = "com.jetbrains.gateway.api.GatewayUI"
private const val CERTIFICATES = "com.intellij.util.net.ssl.CertificateManager"

/**
 * Everything that is called in the IDE without knowing its exact shape: whether a type is an interface or a class, and how
 * many parameters a method has, differs between versions and cannot be linked to. Found by name and parameter types.
 *
 * @param loader what the IDE's classes are found by.
 * @param build the IDE's build, for who reads that something is missing in it.
 */
internal class GatewayCalls(private val loader: ClassLoader, private val build: () -> String) {
    /** The thin client of a join link, as a handle for the calls below; until 2024.3 there were 4 parameters, since 2025.1 5. */
    fun startNewClient(lifetime: Lifetime, link: URI, identity: String, onStarted: () -> Unit): Any =
        startNewClient(singleton(MANAGER), lifetime, link, identity, onStarted)

    /** The same with a manager at hand. */
    fun startNewClient(manager: Any, lifetime: Lifetime, link: URI, identity: String, onStarted: () -> Unit): Any {
        val method = publicMethods(manager, "startNewClient")
            .filter { it.parameterTypes.take(2) == listOf(Lifetime::class.java, URI::class.java) && canFill(it) }
            .maxByOrNull { it.parameterCount }
            ?: throw missing("LinkedClientManager.startNewClient")
        val arguments = method.parameterTypes.map { type ->
            when (type) {
                Lifetime::class.java -> lifetime
                URI::class.java -> link
                String::class.java -> identity
                Function0::class.java -> onStarted
                Boolean::class.java -> false
                else -> null
            }
        }
        return invoke(manager, method, arguments) ?: throw missing("a client")
    }

    /** The client is to connect by this link, at once. */
    fun updateJoinLink(client: Any, link: URI) = call(client, "updateJoinLink", link, true)

    /** The client is to try again by the link it has. */
    fun notifyReconnect(client: Any) = call(client, "notifyReconnect")

    fun focusClientWindow(client: Any) = call(client, "focusClientWindow")

    /** Runs when the client was closed for good; one that restarts is not. */
    fun whenClosed(client: Any, lifetime: Lifetime, action: () -> Unit) {
        val closed = call(client, "getClientClosed") as? ISource<*> ?: throw missing("ThinClientHandle.clientClosed")
        closed.advise(lifetime) { action() }
    }

    /** Connects as if a link with these parameters had been clicked. */
    fun connect(parameters: Map<String, String>) {
        call(singleton(GATEWAY_UI), "connect", parameters)
    }

    /** What the user has accepted in the IDE; none in one that keeps them elsewhere, since the system's are trusted anyway. */
    fun acceptedCertificates(): List<Certificate> = try {
        val trusted = call(singleton(CERTIFICATES), "getCustomTrustManager") ?: throw missing("getCustomTrustManager")
        (call(trusted, "getCertificates") as? List<*>).orEmpty().filterIsInstance<Certificate>()
    } catch (_: ThinClientException) {
        emptyList()
    }

    /** What `CLASS.getInstance()` gives in Kotlin, with or without `@JvmStatic`. */
    private fun singleton(className: String): Any {
        val type = try {
            Class.forName(className, true, loader)
        } catch (notThere: ClassNotFoundException) {
            throw missing(className, notThere)
        }
        val static = type.methods.firstOrNull { it.name == "getInstance" && it.parameterCount == 0 && Modifier.isStatic(it.modifiers) }
        if (static != null) return invoke(null, static, emptyList()) ?: throw missing(className)
        val companion = type.fields.firstOrNull { it.name == "Companion" }?.get(null) ?: throw missing("$className.getInstance")
        return call(companion, "getInstance") ?: throw missing(className)
    }

    private fun call(target: Any, name: String, vararg arguments: Any): Any? {
        val method = publicMethods(target, name).firstOrNull { it.parameterCount == arguments.size }
            ?: throw missing("${target.javaClass.simpleName}.$name")
        return invoke(target, method, arguments.toList())
    }

    private fun invoke(target: Any?, method: Method, arguments: List<Any?>): Any? = try {
        method.invoke(target, *arguments.toTypedArray())
    } catch (thrown: InvocationTargetException) {
        throw ThinClientException(Texts.get("gateway.refused", method.name, build(), thrown.targetException.toString()), thrown)
    } catch (refused: ReflectiveOperationException) {
        throw missing(method.name, refused)
    } catch (unlike: IllegalArgumentException) {
        throw missing(method.name, unlike)
    }

    /** By the types that declare them, since the class itself may not be public. */
    private fun publicMethods(target: Any, name: String): List<Method> =
        generateSequence<Class<*>>(target.javaClass) { it.superclass }
            .flatMap { type -> sequenceOf(type) + type.allInterfaces() }
            .filter { Modifier.isPublic(it.modifiers) }
            .flatMap { type -> type.declaredMethods.asSequence() }
            .filter { it.name == name && Modifier.isPublic(it.modifiers) && !Modifier.isStatic(it.modifiers) && !it.isBridge }
            .toList()

    private fun Class<*>.allInterfaces(): Sequence<Class<*>> =
        interfaces.asSequence().flatMap { sequenceOf(it) + it.allInterfaces() }

    /** A number that is not known cannot be left out. */
    private fun canFill(method: Method): Boolean =
        method.parameterTypes.none { it.isPrimitive && it != Boolean::class.java }

    private fun missing(what: String, cause: Throwable? = null) =
        ThinClientException(Texts.get("gateway.missing", build(), what), cause)
}
