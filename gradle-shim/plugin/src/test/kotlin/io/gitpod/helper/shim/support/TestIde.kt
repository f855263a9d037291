package io.gitpod.helper.shim.support

import io.gitpod.helper.shim.ide.Ide
import io.gitpod.helper.shim.ide.ShimSettings
import io.gitpod.helper.v1.ProxySettings
import io.gitpod.helper.v1.WorkspaceRef
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList

/** An IDE that keeps everything in memory. */
class TestIde(override var settings: ShimSettings) : Ide {
    val tokens = ConcurrentHashMap<String, String>()
    val browsed = CopyOnWriteArrayList<String>()
    val copied = CopyOnWriteArrayList<String>()
    val connected = CopyOnWriteArrayList<WorkspaceRef>()

    /** How often its settings were opened. */
    @Volatile
    var settingsOpened = 0

    /** What it says of its proxy. */
    @Volatile
    var proxy: ProxySettings? = null

    /** Thrown where it is to connect. */
    @Volatile
    var refusal: Exception? = null
    override val build = "GW-243.1"
    override val pluginVersion = "0.0.1"

    override fun token(host: String): String? = tokens[host]

    override fun keepToken(host: String, token: String?) {
        if (token == null) tokens.remove(host) else tokens[host] = token
    }

    override fun proxyFor(host: String): ProxySettings? = proxy

    override fun acceptedCertificatesPem(): List<String> = emptyList()

    override fun browse(url: String) {
        browsed += url
    }

    override fun copy(text: String) {
        copied += text
    }

    override fun openSettings() {
        settingsOpened += 1
    }

    override fun connect(workspace: WorkspaceRef) {
        refusal?.let { throw it }
        connected += workspace
    }
}
