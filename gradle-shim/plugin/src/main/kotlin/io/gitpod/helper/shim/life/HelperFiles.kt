package io.gitpod.helper.shim.life

import io.gitpod.helper.shim.HelperCommand
import io.gitpod.helper.shim.requireOffEdt
import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption
import java.nio.file.attribute.PosixFilePermissions
import java.util.concurrent.TimeUnit

private const val BUNDLE = "helper/helper.cjs"
private const val XATTR_TIMEOUT_MS = 5_000L

/**
 * The helper and its runtime as they lie beside the plugin: `helper/` and `node/<os>-<arch>/`.
 *
 * @param copyDirectories where a copy of the runtime may be put, the most preferred first.
 */
class HelperFiles(
    private val pluginDirectory: Path,
    private val manifest: FileManifest,
    private val platform: Platform = Platform.current(),
    private val copyDirectories: List<Path> = defaultCopyDirectories(),
) {
    private val runtime = "node/${platform.directory}/${platform.executable}"

    /**
     * What to run, once every file is the one that came with the plugin and the runtime is executable.
     *
     * @throws HelperFilesException when one is not.
     */
    fun command(): HelperCommand {
        requireOffEdt("checking the helper's files")
        if (runtime !in manifest.pathsBelow("node/")) {
            throw HelperFilesException("This build of the plugin has no helper for ${platform.directory}.")
        }
        manifest.pathsBelow("helper/").forEach { manifest.verify(it, pluginDirectory.resolve(it)) }
        return commandWith(pluginDirectory.resolve(runtime))
    }

    /**
     * The same with a copy of the runtime, for where the plugin's directory is one that nothing may be executed in, or the
     * file is locked while a plugin is updated.
     *
     * @throws HelperFilesException when no directory takes the copy.
     */
    fun commandFromCopy(): HelperCommand {
        requireOffEdt("copying the helper's runtime")
        var last: IOException? = null
        for (directory in copyDirectories) {
            try {
                return commandWith(copyInto(directory))
            } catch (refused: IOException) {
                last = refused
            }
        }
        throw HelperFilesException("The helper's runtime cannot be copied to where it may be executed.", last)
    }

    private fun commandWith(node: Path): HelperCommand {
        manifest.verify(runtime, node)
        makeExecutable(node)
        return HelperCommand.serve(node, pluginDirectory.resolve(BUNDLE))
    }

    /** In a directory named for the file's content, so that an update does not meet the old one running. */
    private fun copyInto(parent: Path): Path {
        val directory = parent.resolve("gitpod-helper").resolve(manifest.sumOf(runtime).take(16))
        Files.createDirectories(directory)
        ownerOnly(directory)
        val copy = directory.resolve(platform.executable.substringAfter('/'))
        if (!Files.exists(copy)) {
            val temporary = Files.createTempFile(directory, "node", null)
            Files.copy(pluginDirectory.resolve(runtime), temporary, StandardCopyOption.REPLACE_EXISTING)
            Files.move(temporary, copy, StandardCopyOption.REPLACE_EXISTING)
        }
        return copy
    }

    /** What unpacked the plugin may have lost the permission, and a browser may have marked the file. */
    private fun makeExecutable(file: Path) {
        if (platform.os == "win") return
        if (!Files.isExecutable(file)) ownerOnly(file)
        if (platform.os != "darwin") return
        val xattr = ProcessBuilder("/usr/bin/xattr", "-d", "com.apple.quarantine", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
        if (!xattr.waitFor(XATTR_TIMEOUT_MS, TimeUnit.MILLISECONDS)) xattr.destroyForcibly()
    }

    private fun ownerOnly(path: Path) {
        if (platform.os == "win") return
        // A file of somebody else's that is executable already is fine; one that is not shows when it is started.
        runCatching { Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------")) }
    }
}

private fun defaultCopyDirectories(): List<Path> {
    val home = Path.of(System.getProperty("user.home"))
    val cache = when (Platform.current().os) {
        "win" -> System.getenv("LOCALAPPDATA")?.let(Path::of) ?: home.resolve("AppData/Local")
        "darwin" -> home.resolve("Library/Caches")
        else -> System.getenv("XDG_CACHE_HOME")?.let(Path::of) ?: home.resolve(".cache")
    }
    return listOf(cache, Path.of(System.getProperty("java.io.tmpdir")))
}
