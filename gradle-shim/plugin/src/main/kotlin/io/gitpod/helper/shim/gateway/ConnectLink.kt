package io.gitpod.helper.shim.gateway

import io.gitpod.helper.shim.Texts
import io.gitpod.helper.shim.ide.ShimSettings
import io.gitpod.helper.v1.WorkspaceRef

private const val MAX_VALUE_CHARS = 256

/**
 * What a link of Gitpod's dashboard asks for, in JetBrains Gateway's form (`gitpodHost`) or the Toolbox's (`host`).
 *
 * @property backendPort the IDE backend's own port in the workspace; 0 for the usual one.
 */
data class ConnectLink(val workspace: WorkspaceRef, val backendPort: Int) {
    companion object {
        /** Whether it is for this plugin, whatever else is in it. */
        fun isOurs(parameters: Map<String, String>): Boolean =
            "workspaceId" in parameters && ("gitpodHost" in parameters || "host" in parameters) && "type" !in parameters

        /** @throws LinkException when it cannot be what a dashboard made. */
        fun parse(parameters: Map<String, String>): ConnectLink {
            parameters.entries.firstOrNull { it.value.length > MAX_VALUE_CHARS }?.let { throw LinkException(it.key) }
            val hostName = if ("gitpodHost" in parameters) "gitpodHost" else "host"
            val workspace = WorkspaceRef.newBuilder()
                .setHost(parameters.take(hostName) { ShimSettings.nameOf(it).takeIf(ShimSettings::isHost) })
                .setWorkspaceId(parameters.take("workspaceId") { it.takeIf(workspaceId::matches) })
                .setDebug("debugWorkspace" in parameters && parameters.take("debugWorkspace", String::toBooleanStrictOrNull))
                .build()
            val backendPort = if ("backendPort" !in parameters) 0 else parameters.take("backendPort", ::portOrNull)
            return ConnectLink(workspace, backendPort)
        }

        /** The parameters of the link for a workspace. */
        fun parametersFor(workspace: WorkspaceRef): Map<String, String> = mapOf(
            "gitpodHost" to workspace.host,
            "workspaceId" to workspace.workspaceId,
            "debugWorkspace" to workspace.debug.toString(),
        )

        /** The helper knows the exact forms; these are the characters that both have. */
        private val workspaceId = Regex("[a-z0-9][a-z0-9-]*")

        private fun portOrNull(text: String): Int? = text.toIntOrNull()?.takeIf { it in 1..65_535 }

        private fun <T> Map<String, String>.take(name: String, parse: (String) -> T?): T =
            parse(getValue(name)) ?: throw LinkException(name)
    }
}

/** A link that no dashboard made: [parameter] is not what it should be. */
class LinkException(val parameter: String) : Exception(Texts.get("link.invalid", parameter))
