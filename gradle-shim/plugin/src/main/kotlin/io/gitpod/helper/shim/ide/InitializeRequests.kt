package io.gitpod.helper.shim.ide

import io.gitpod.helper.v1.Credential
import io.gitpod.helper.v1.InitializeRequest
import io.gitpod.helper.v1.Overrides

/** The version of the contract that the plugin speaks. */
private const val PROTOCOL_VERSION = 1

/** What a helper is told first: who calls, and how the IDE reaches the world. Takes its time. */
fun initializeRequest(ide: Ide): InitializeRequest {
    val settings = ide.settings
    val request = InitializeRequest.newBuilder()
        .setClientName("jetbrains-gateway")
        .setClientVersion(ide.pluginVersion)
        .setMinProtocolVersion(PROTOCOL_VERSION)
        .setMaxProtocolVersion(PROTOCOL_VERSION)
        .addAllCaCertificatesPem(ide.acceptedCertificatesPem())
        .setOverrides(Overrides.newBuilder().setCaFile(settings.caFile).setSshPort(settings.sshPort))
    for (host in settings.hosts) {
        ide.token(host)?.let { request.addCredentials(Credential.newBuilder().setHost(host).setToken(it)) }
    }
    settings.hosts.firstNotNullOfOrNull(ide::proxyFor)?.let(request::setProxy)
    return request.build()
}
