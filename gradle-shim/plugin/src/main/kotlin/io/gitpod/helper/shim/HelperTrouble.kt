package io.gitpod.helper.shim

/** What can be wrong with the helper itself, as opposed to the failures it reports. [message] is for a person. */
sealed interface HelperTrouble {
    val message: String

    /**
     * What was started does not speak the helper's protocol.
     *
     * @property output the beginning of the first line it printed.
     */
    data class NotAHelper(val output: String) : HelperTrouble {
        override val message: String
            get() = "What was started is not the Gitpod helper, or something else writes to its standard output: " +
                "it begins with \"$output\"."
    }

    /** It has spoken the helper's protocol, and says something else or nothing now. */
    data object Unintelligible : HelperTrouble {
        override val message: String
            get() = "Nothing that can be understood comes from the Gitpod helper any more."
    }

    /**
     * The helper's process is over.
     *
     * @property exitCode as the operating system gives it: 128 + n, or a number of its own, after signal n.
     * @property lastLogLines the end of its standard error, oldest first.
     */
    data class Ended(val exitCode: Int, val lastLogLines: List<String>) : HelperTrouble {
        override val message: String
            get() = "The Gitpod helper has ended (exit code $exitCode)."
    }
}
