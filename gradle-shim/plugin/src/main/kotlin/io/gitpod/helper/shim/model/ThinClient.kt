package io.gitpod.helper.shim.model

import java.net.URI

/** The IDE's window that a connection is for. Called in the order of events, off the thread that paints. */
interface ThinClient {
    /**
     * Opens it.
     *
     * @throws ThinClientException when JetBrains Gateway cannot.
     */
    fun open(joinLink: URI)

    /** There is another backend, or another local port: it is to connect by this link. */
    fun replaceLink(joinLink: URI)

    /** The same link works again after an interruption. */
    fun reconnect()
}

/** JetBrains Gateway does not do what is needed. [message] is for a person, and names its build. */
class ThinClientException(message: String, cause: Throwable? = null) : Exception(message, cause)
