package io.gitpod.helper.shim

import java.nio.file.Path

/** The program to run, with its arguments. */
data class HelperCommand(val program: Path, val arguments: List<String>) {
    companion object {
        /**
         * Serves the contract on standard streams.
         *
         * @param node the Node executable.
         * @param script the helper's bundle.
         */
        fun serve(node: Path, script: Path): HelperCommand =
            HelperCommand(node, listOf(script.toString(), "serve", "--stdio"))
    }
}
