package io.gitpod.helper.shim.ide

import com.intellij.ide.plugins.cl.PluginAwareClassLoader
import com.intellij.openapi.Disposable
import com.intellij.openapi.application.ApplicationManager
import com.intellij.openapi.diagnostic.Logger
import io.gitpod.helper.shim.gateway.Connections
import io.gitpod.helper.shim.gateway.GatewayCalls
import io.gitpod.helper.shim.life.FileManifest
import io.gitpod.helper.shim.life.HelperFiles
import io.gitpod.helper.shim.life.HelperLauncher
import io.gitpod.helper.shim.life.HelperLife
import io.gitpod.helper.shim.model.Threads
import io.gitpod.helper.shim.view.HomeContext

/** What the plugin has once in an application: the helper and the connections. Wires everything else. */
class ShimService internal constructor(val ide: Ide, val life: HelperLife, val threads: Threads, calls: GatewayCalls) : Disposable {
    internal val connections = Connections(life, threads, ide, calls)

    val home: HomeContext get() = HomeContext(life, threads, ide, ::remedies)

    private constructor(ide: IdeaIde) : this(
        ide,
        HelperLife(launcher()::start, { initializeRequest(ide) }),
        Threads(),
        ide.calls,
    )

    /** As the IDE makes it. */
    constructor() : this(IdeaIde())

    fun remedies(host: String) = Remedies(life, threads, ide, host)

    /** The application ends, or the plugin is unloaded. */
    override fun dispose() {
        val closing = Thread(life::close, "gitpod-helper-close")
        closing.start()
        closing.join()
    }

    companion object {
        fun get(): ShimService = ApplicationManager.getApplication().getService(ShimService::class.java)

        private fun launcher(): HelperLauncher {
            val log = Logger.getInstance(HelperLife::class.java)
            return HelperLauncher(::files) { log.info(it) }
        }

        private fun files(): HelperFiles {
            val descriptor = (ShimService::class.java.classLoader as PluginAwareClassLoader).pluginDescriptor
            return HelperFiles(descriptor.pluginPath, FileManifest.ofPlugin())
        }
    }
}
