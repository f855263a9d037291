package io.gitpod.helper.shim.life

import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import java.security.DigestInputStream
import java.security.MessageDigest
import java.util.HexFormat
import java.util.concurrent.ConcurrentHashMap

/** The SHA-256 of each file that is delivered with the plugin, by its path below the plugin's directory. */
class FileManifest(private val sums: Map<String, String>) {
    private val verified = ConcurrentHashMap<Path, Stamp>()

    /** The paths that begin so. */
    fun pathsBelow(prefix: String): List<String> = sums.keys.filter { it.startsWith(prefix) }

    /** Names this delivery: another one has another sum of the file. */
    fun sumOf(path: String): String = sums[path] ?: throw HelperFilesException("$path is not part of this plugin.")

    /**
     * Compares a file with the list, unless it is the same that was compared before.
     *
     * @param path as in the list.
     * @param file the file itself, which may be a copy.
     * @throws HelperFilesException when it is not there, or is another one.
     */
    fun verify(path: String, file: Path) {
        val expected = sumOf(path)
        try {
            val stamp = Stamp(expected, Files.size(file), Files.getLastModifiedTime(file).toMillis())
            if (verified[file] == stamp) return
            if (sha256(file) != expected) throw HelperFilesException("$file is not the file that came with the plugin.")
            verified[file] = stamp
        } catch (unreadable: IOException) {
            throw HelperFilesException("$file cannot be read.", unreadable)
        }
    }

    private data class Stamp(val sum: String, val bytes: Long, val modifiedMs: Long)

    companion object {
        private const val RESOURCE = "/helper-files.sha256"

        /** @throws HelperFilesException when the plugin was built without the files. */
        fun ofPlugin(): FileManifest {
            val text = FileManifest::class.java.getResourceAsStream(RESOURCE)?.use { it.reader().readText() }
            return parse(text ?: throw HelperFilesException("This build of the plugin has no helper in it."))
        }

        /** Lines of `sha256sum`: the sum in hexadecimal, two spaces, the path. */
        fun parse(text: String): FileManifest =
            FileManifest(text.lines().filter { it.isNotBlank() }.associate { it.substring(66) to it.substring(0, 64) })
    }
}

/** The files that came with the plugin are missing or not the ones that came. [message] is for a person. */
class HelperFilesException(message: String, cause: Throwable? = null) : IOException(message, cause)

private fun sha256(file: Path): String {
    val digest = MessageDigest.getInstance("SHA-256")
    DigestInputStream(Files.newInputStream(file), digest).use { input ->
        val buffer = ByteArray(1 shl 16)
        while (input.read(buffer) >= 0) Unit
    }
    return HexFormat.of().formatHex(digest.digest())
}
