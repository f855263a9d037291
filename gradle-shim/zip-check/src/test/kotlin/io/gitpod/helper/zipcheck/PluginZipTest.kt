package io.gitpod.helper.zipcheck

import com.jetbrains.plugin.structure.base.plugin.PluginCreationSuccess
import com.jetbrains.plugin.structure.intellij.plugin.IdePlugin
import com.jetbrains.plugin.structure.intellij.plugin.IdePluginManager
import java.nio.file.Path
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What JetBrains' own validator says of the zip. */
class PluginZipTest {
    private val result = IdePluginManager.createManager().createPlugin(Path.of(System.getProperty("plugin.zip")))

    private val plugin: IdePlugin by lazy { assertInstanceOf(PluginCreationSuccess::class.java, result).plugin as IdePlugin }

    @Test
    fun `it is a plugin, and there is nothing to warn of`() {
        val success = assertInstanceOf(PluginCreationSuccess::class.java, result) { result.toString() }
        assertEquals(emptyList<Any>(), success.warnings)
        assertEquals(emptyList<Any>(), success.unacceptableWarnings)
    }

    @Test
    fun `it has an id of its own, and works from 2024-3 on without an end`() {
        assertTrue(Regex("[a-z]+(\\.[a-z]+)+").matches(plugin.pluginId!!), plugin.pluginId)
        assertEquals("243.0", plugin.sinceBuild.toString())
        assertNull(plugin.untilBuild)
        assertTrue(plugin.icons.isNotEmpty())
    }

    @Test
    fun `it extends JetBrains Gateway by a connector and a connection provider, and needs no other plugin`() {
        val expected = setOf(
            "com.jetbrains.gatewayConnector",
            "com.jetbrains.gatewayConnectionProvider",
            "com.intellij.applicationConfigurable",
        )
        assertEquals(expected, plugin.extensions.keys - "com.intellij.applicationService")
        assertEquals(
            listOf("com.intellij.modules.platform" to false, "com.jetbrains.gateway" to true),
            plugin.dependencies.map { it.id to it.isOptional },
        )
    }
}
