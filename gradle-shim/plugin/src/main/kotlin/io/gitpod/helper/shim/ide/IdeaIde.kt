package io.gitpod.helper.shim.ide

import com.intellij.credentialStore.CredentialAttributes
import com.intellij.credentialStore.Credentials
import com.intellij.ide.BrowserUtil
import com.intellij.ide.passwordSafe.PasswordSafe
import com.intellij.ide.plugins.cl.PluginAwareClassLoader
import com.intellij.ide.util.PropertiesComponent
import com.intellij.openapi.application.ApplicationInfo
import com.intellij.openapi.options.ShowSettingsUtil
import com.intellij.util.net.ProxyCredentialStore
import io.gitpod.helper.shim.gateway.ConnectLink
import io.gitpod.helper.shim.gateway.GatewayCalls
import io.gitpod.helper.v1.ProxySettings
import io.gitpod.helper.v1.WorkspaceRef
import java.awt.Toolkit
import java.awt.datatransfer.StringSelection
import java.net.InetSocketAddress
import java.net.Proxy
import java.net.ProxySelector
import java.net.URI
import java.security.cert.Certificate
import java.util.Base64

private const val PREFIX = "io.gitpod.helper."
private const val SERVICE = "Gitpod in JetBrains Gateway: "

/** The IDE that the plugin is in. */
internal class IdeaIde : Ide {
    val calls = GatewayCalls(IdeaIde::class.java.classLoader, ::build)

    override val build: String get() = ApplicationInfo.getInstance().build.asString()

    override val pluginVersion: String
        get() = (IdeaIde::class.java.classLoader as PluginAwareClassLoader).pluginDescriptor.version

    override var settings: ShimSettings
        get() {
            val usual = ShimSettings()
            return ShimSettings(
                read("hosts")?.split(' ')?.filter(ShimSettings::isHost) ?: usual.hosts,
                read("useLocalCompanion").toBoolean(),
                read("sshPort")?.toIntOrNull() ?: usual.sshPort,
                read("caFile") ?: usual.caFile,
                read("heartbeat").toBoolean(),
            )
        }
        set(value) {
            write("hosts", value.hosts.joinToString(" "))
            write("useLocalCompanion", value.useLocalCompanion.toString())
            write("sshPort", value.sshPort.toString())
            write("caFile", value.caFile)
            write("heartbeat", value.heartbeat.toString())
        }

    override fun token(host: String): String? = PasswordSafe.getInstance().get(attributes(host))?.passwordAsString

    override fun keepToken(host: String, token: String?) =
        PasswordSafe.getInstance().set(attributes(host), token?.let { Credentials(host, it) })

    /** The IDE installs its own settings as Java's proxy selector. */
    override fun proxyFor(host: String): ProxySettings? {
        val proxy = ProxySelector.getDefault()?.select(URI("https://$host/"))?.firstOrNull { it.type() != Proxy.Type.DIRECT }
        val address = proxy?.address() as? InetSocketAddress ?: return null
        val name = address.hostString.let { if (':' in it) "[$it]" else it }
        val scheme = if (proxy.type() == Proxy.Type.SOCKS) "socks5" else "http"
        val known = ProxyCredentialStore.getInstance().getCredentials(address.hostString, address.port)
        return ProxySettings.newBuilder()
            .setUrl("$scheme://$name:${address.port}")
            .setUsername(known?.userName ?: "")
            .setPassword(known?.passwordAsString ?: "")
            .build()
    }

    override fun acceptedCertificatesPem(): List<String> = calls.acceptedCertificates().map(::pemOf)

    override fun browse(url: String) = BrowserUtil.browse(url)

    override fun copy(text: String) = Toolkit.getDefaultToolkit().systemClipboard.setContents(StringSelection(text), null)

    override fun openSettings() = ShowSettingsUtil.getInstance().showSettingsDialog(null, SettingsPage::class.java)

    override fun connect(workspace: WorkspaceRef) = calls.connect(ConnectLink.parametersFor(workspace))

    private fun pemOf(certificate: Certificate): String {
        val lines = Base64.getMimeEncoder(64, "\n".toByteArray()).encodeToString(certificate.encoded)
        return "-----BEGIN CERTIFICATE-----\n$lines\n-----END CERTIFICATE-----\n"
    }

    private fun attributes(host: String) = CredentialAttributes(SERVICE + host, host)

    private fun read(name: String): String? = PropertiesComponent.getInstance().getValue(PREFIX + name)

    private fun write(name: String, value: String) = PropertiesComponent.getInstance().setValue(PREFIX + name, value)
}
