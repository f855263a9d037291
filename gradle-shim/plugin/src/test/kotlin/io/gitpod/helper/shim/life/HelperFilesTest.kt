package io.gitpod.helper.shim.life

import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardOpenOption
import java.security.MessageDigest
import java.util.HexFormat
import java.util.concurrent.CopyOnWriteArrayList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

private val linux = Platform("linux", "x64")
private const val NODE = "node/linux-x64/bin/node"

/** The files beside the plugin, with a shell script in the runtime's place. */
class HelperFilesTest(@TempDir private val directory: Path) {
    private val plugin = Files.createDirectory(directory.resolve("plugin"))
    private val copies = directory.resolve("copies")

    init {
        write(NODE, "#!/bin/sh\necho started >&2\n")
        write("helper/helper.cjs", "// the helper")
    }

    private val sums = listOf(NODE, "helper/helper.cjs").joinToString("") { "${sha256(plugin.resolve(it))}  $it\n" }
    private val files = HelperFiles(plugin, FileManifest.parse(sums), linux, listOf(copies))

    @Test
    fun `the runtime is made executable and serves the bundle`() {
        val command = files.command()
        assertEquals(plugin.resolve(NODE), command.program)
        assertEquals(listOf(plugin.resolve("helper/helper.cjs").toString(), "serve", "--stdio"), command.arguments)
        assertTrue(Files.isExecutable(command.program))
    }

    @Test
    fun `a file that was changed, or is missing, is not run`() {
        files.command()
        write("helper/helper.cjs", "// another")
        assertTrue("helper.cjs" in refusal(files::command))
        Files.delete(plugin.resolve("helper/helper.cjs"))
        assertTrue("cannot be read" in refusal(files::command))
    }

    @Test
    fun `a platform that the zip was not built for is named`() {
        val other = HelperFiles(plugin, FileManifest.parse(sums), Platform("win", "x64"), listOf(copies))
        assertEquals("This build of the plugin has no helper for win-x64.", refusal(other::command))
    }

    /** As when the plugin is updated while it runs: a file that is open for writing is not executed (ETXTBSY). */
    @Test
    fun `where the operating system refuses the file, a copy is run`() {
        val log = CopyOnWriteArrayList<String>()
        val launcher = HelperLauncher({ files }, mapOf("PATH" to "/usr/bin:/bin")) { log += it }
        Files.newOutputStream(plugin.resolve(NODE), StandardOpenOption.APPEND).use { launcher.start().close() }

        assertTrue(log.any { "trying a copy" in it }, log.toString())
        assertEquals("started", log.last())
        val copy = Files.walk(copies).filter(Files::isRegularFile).toList().single()
        assertEquals(sha256(plugin.resolve(NODE)), sha256(copy))
    }

    @Test
    fun `a copy that somebody else changed is not run`() {
        Files.writeString(files.commandFromCopy().program, "#!/bin/sh\necho bad >&2\n")
        assertTrue("copied" in refusal(HelperFiles(plugin, FileManifest.parse(sums), linux, listOf(copies))::commandFromCopy))
    }

    @Test
    fun `platforms by what Java calls them`() {
        assertEquals(Platform("linux", "x64"), Platform.of("Linux", "amd64"))
        assertEquals(Platform("linux", "arm64"), Platform.of("Linux", "aarch64"))
        assertEquals(Platform("darwin", "arm64"), Platform.of("Mac OS X", "aarch64"))
        assertEquals(Platform("darwin", "x64"), Platform.of("Mac OS X", "x86_64"))
        assertEquals(Platform("win", "x64"), Platform.of("Windows 11", "amd64"))
        assertEquals(Platform("win", "x64"), Platform.of("Windows 11", "aarch64"))
        assertFalse(Platform.of("Windows 11", "amd64").executable.endsWith("node"))
    }

    private fun refusal(action: () -> Any): String =
        assertThrows(HelperFilesException::class.java) { action() }.message!!

    private fun write(path: String, text: String) {
        val file = plugin.resolve(path)
        Files.createDirectories(file.parent)
        Files.writeString(file, text)
    }
}

private fun sha256(file: Path): String =
    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)))
