package io.gitpod.helper.shim.ide

/** What a person can set. */
data class ShimSettings(
    /** The installations: "gitpod.io", or "host:port". */
    val hosts: List<String> = listOf("gitpod.io"),
    /** Connect by the Local Companion's protocol only. */
    val useLocalCompanion: Boolean = false,
    /** The SSH gateway's port; 0 for the usual one. */
    val sshPort: Int = 0,
    /** A file with CA certificates to trust; empty for none. */
    val caFile: String = "",
    /** Keep connected workspaces from timing out, used or not. */
    val heartbeat: Boolean = false,
) {
    companion object {
        /** Host names with labels of letters, digits and hyphens, and a port or none. */
        private val host = Regex("(?i)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:\\d{1,5})?")

        /** As the helper names it: tokens are kept, and connections known, by these names. */
        fun nameOf(host: String): String = host.lowercase().removeSuffix(":443")

        fun isHost(text: String): Boolean = text.length <= 253 && host.matches(text)
    }
}
