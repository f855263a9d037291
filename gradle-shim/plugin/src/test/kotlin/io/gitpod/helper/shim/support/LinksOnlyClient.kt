package io.gitpod.helper.shim.support

import io.gitpod.helper.shim.model.ThinClient
import java.net.URI
import java.util.concurrent.CopyOnWriteArrayList

/** A thin client that does nothing but remember the links it gets. */
class LinksOnlyClient : ThinClient {
    val links = CopyOnWriteArrayList<URI>()

    override fun open(joinLink: URI) = links.add(joinLink).let { }

    override fun replaceLink(joinLink: URI) = links.add(joinLink).let { }

    override fun reconnect() = Unit
}
