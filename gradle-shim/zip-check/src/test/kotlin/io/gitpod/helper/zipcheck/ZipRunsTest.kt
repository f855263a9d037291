package io.gitpod.helper.zipcheck

import java.lang.reflect.InvocationTargetException
import java.net.URLClassLoader
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.CopyOnWriteArrayList
import java.util.zip.ZipFile
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir

private const val SHIM = "io.gitpod.helper.shim"

/** The zip as it is installed: its jar starts its helper with its runtime, and they understand each other. */
class ZipRunsTest {
    @Test
    fun `the jar, with its libraries under other names, gets a failure out of the helper beside it`(@TempDir directory: Path) {
        unpack(Path.of(System.getProperty("plugin.zip")), directory)
        val plugin = directory.resolve("gitpod-gateway")
        val jar = plugin.resolve("lib/gitpod-gateway.jar").toUri().toURL()
        URLClassLoader(arrayOf(jar), javaClass.classLoader).use { loader ->
            val helper = loader.startHelper(plugin)
            try {
                val message = loader.messageOfRefusal(helper)
                assertTrue("protocol" in message, message)
            } finally {
                helper.javaClass.getMethod("close").invoke(helper)
            }
            assertEquals(false, helper.javaClass.getMethod("isAlive").invoke(helper))
        }
    }

    private fun ClassLoader.startHelper(plugin: Path): Any {
        val manifests = loadClass("$SHIM.life.FileManifest").getField("Companion").get(null)
        val manifest = manifests.javaClass.getMethod("ofPlugin").invoke(manifests)
        val platforms = loadClass("$SHIM.life.Platform").getField("Companion").get(null)
        val platform = platforms.javaClass.getMethod("current").invoke(platforms)
        val files = loadClass("$SHIM.life.HelperFiles").constructors.single { it.parameterCount == 4 }
            .newInstance(plugin, manifest, platform, emptyList<Path>())
        val log = CopyOnWriteArrayList<String>()
        val launcher = loadClass("$SHIM.life.HelperLauncher").constructors.single { it.parameterCount == 3 }
            .newInstance({ files }, mapOf("HOME" to plugin.toString(), "PATH" to "/usr/bin:/bin"), { line: String -> log += line })
        return launcher.javaClass.getMethod("start").invoke(launcher)
    }

    /** A hand-shake that offers no version at all. */
    private fun ClassLoader.messageOfRefusal(helper: Any): String {
        val channel = helper.javaClass.getMethod("getChannel").invoke(helper)
        val stub = loadClass("io.gitpod.helper.v1.HelperServiceGrpc").methods.single { it.name == "newBlockingStub" }.invoke(null, channel)
        val requestClass = loadClass("io.gitpod.helper.v1.InitializeRequest")
        val request = requestClass.getMethod("getDefaultInstance").invoke(null)
        val thrown = assertThrows<InvocationTargetException> {
            stub.javaClass.getMethod("initialize", requestClass).invoke(stub, request)
        }
        val failure = loadClass("$SHIM.HelperFailureKt").methods.single { it.name == "helperFailure" }.invoke(null, thrown.targetException)
        return failure.javaClass.getMethod("getMessage").invoke(failure) as String
    }

    private fun unpack(zip: Path, into: Path) = ZipFile(zip.toFile()).use { archive ->
        for (entry in archive.entries()) {
            if (entry.isDirectory) continue
            val file = into.resolve(entry.name)
            Files.createDirectories(file.parent)
            archive.getInputStream(entry).use { Files.copy(it, file) }
        }
    }
}
