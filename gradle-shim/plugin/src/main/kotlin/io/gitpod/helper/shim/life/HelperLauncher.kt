package io.gitpod.helper.shim.life

import io.gitpod.helper.shim.HelperNotStartedException
import io.gitpod.helper.shim.HelperProcess
import io.gitpod.helper.shim.helperEnvironment

/** Starts helpers from the plugin's own files. */
class HelperLauncher(
    private val files: () -> HelperFiles,
    private val environment: Map<String, String> = helperEnvironment(),
    private val onLogLine: (String) -> Unit,
) {
    /**
     * Where the operating system refuses to execute the file, a copy of it is tried.
     *
     * @throws HelperFilesException when the files are not the ones that came with the plugin.
     * @throws HelperNotStartedException when the operating system refuses the copy as well.
     */
    fun start(): HelperProcess {
        val files = files()
        return try {
            HelperProcess.start(files.command(), environment, onLogLine)
        } catch (refused: HelperNotStartedException) {
            onLogLine("${refused.message}: ${refused.cause?.message}; trying a copy")
            HelperProcess.start(files.commandFromCopy(), environment, onLogLine)
        }
    }
}
