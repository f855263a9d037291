package io.gitpod.helper.shim.ide

import io.gitpod.helper.v1.ProxySettings
import io.gitpod.helper.v1.WorkspaceRef

/** What the plugin needs of the IDE it is in. Nothing of it is called on the thread that paints but what is for a person. */
interface Ide {
    /** "GW-243.21565.193", for a person. */
    val build: String

    /** The plugin's own version. */
    val pluginVersion: String

    var settings: ShimSettings

    /** The API token of an installation, from the IDE's password safe; null when there is none. */
    fun token(host: String): String?

    /** Keeps a token in the IDE's password safe; null forgets it. */
    fun keepToken(host: String, token: String?)

    /** The proxy that the IDE uses for an installation; null for none. */
    fun proxyFor(host: String): ProxySettings?

    /** The CA certificates that the user has accepted in the IDE, in PEM. */
    fun acceptedCertificatesPem(): List<String>

    fun browse(url: String)

    fun copy(text: String)

    /** Shows the plugin's settings. */
    fun openSettings()

    /** Connects as if a link had been clicked. */
    fun connect(workspace: WorkspaceRef)
}
