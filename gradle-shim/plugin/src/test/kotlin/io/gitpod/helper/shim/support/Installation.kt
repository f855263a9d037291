package io.gitpod.helper.shim.support

import java.nio.file.Files
import java.nio.file.Path
import org.junit.jupiter.api.extension.ExtensionContext
import org.junit.jupiter.api.extension.ParameterContext
import org.junit.jupiter.api.extension.ParameterResolver

/** A user with a home directory, an SSH key in it, and workspaces on an embedded Gitpod that has the key registered. */
class Installation : AutoCloseable {
    /** Whose `.ssh/id_ed25519` is registered. */
    val home: Path = Files.createTempDirectory("gitpod-helper-shim-")

    val gitpod: EmbeddedGitpod = EmbeddedGitpod.start(authorizedKey = createKey(home))

    override fun close() {
        gitpod.close()
        check(home.toFile().deleteRecursively()) { "$home cannot be removed" }
    }
}

/** Gives tests the one installation of the whole run. */
class InstallationResolver : ParameterResolver {
    override fun supportsParameter(parameter: ParameterContext, context: ExtensionContext): Boolean =
        parameter.parameter.type == Installation::class.java

    override fun resolveParameter(parameter: ParameterContext, context: ExtensionContext): Any =
        context.root
            .getStore(ExtensionContext.Namespace.create(InstallationResolver::class))
            .getOrComputeIfAbsent(Installation::class.java)
}

/** Makes a key without a passphrase where OpenSSH looks for it; returns its public half. */
private fun createKey(home: Path): Path {
    val file = Files.createDirectory(home.resolve(".ssh")).resolve("id_ed25519")
    val keygen = ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "shim test", "-f", file.toString())
        .redirectErrorStream(true)
        .start()
    val output = keygen.inputReader().readText()
    check(keygen.waitFor() == 0) { output }
    return file.resolveSibling("id_ed25519.pub")
}
