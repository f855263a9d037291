package io.gitpod.helper.shim.support

import com.google.gson.JsonObject
import com.google.gson.JsonParser
import java.nio.file.Path

/** An embedded Gitpod in a process of its own, which ends when its standard input is closed. */
class EmbeddedGitpod private constructor(private val script: Script) : AutoCloseable by script {
    private val description: JsonObject = JsonParser.parseString(script.line).asJsonObject
    val host: String get() = text("host")
    val caFile: String get() = text("ca_file")
    val resolve: String get() = text("resolve")
    val sshPort: Int get() = description["ssh_port"].asInt
    val token: String get() = text("token")

    /** The cookie of a browser in which the main user is signed in. */
    val session: String get() = text("session")

    /** The ids of the main user's workspaces by the part each plays, such as `ready`, `stopped` or `sshDown`. */
    val workspaceIds: Map<String, String> =
        description["workspaces"].asJsonArray
            .map { it.asJsonObject }
            .associate { it["role"].asString to it["id"].asString }

    private fun text(name: String): String = description[name].asString

    companion object {
        /** Starts one whose main user has [authorizedKey], a public key's file, registered. */
        fun start(authorizedKey: Path): EmbeddedGitpod {
            val options = listOf("--json", "--authorized-key", authorizedKey.toString())
            return EmbeddedGitpod(Script(pathProperty("embedded.script"), options, pathProperty("embedded.log").toFile()))
        }
    }
}
