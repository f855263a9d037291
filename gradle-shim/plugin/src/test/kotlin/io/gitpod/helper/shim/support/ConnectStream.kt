package io.gitpod.helper.shim.support

import io.gitpod.helper.shim.HelperProcess
import io.gitpod.helper.v1.ConnectRequest
import io.gitpod.helper.v1.ConnectResponse
import io.gitpod.helper.v1.ConnectResponse.EventCase
import io.grpc.Context
import java.util.concurrent.Callable

/** A Connect call under way; closing it cancels the call. */
class ConnectStream(helper: HelperProcess, request: ConnectRequest) : AutoCloseable {
    private val context: Context.CancellableContext = Context.current().withCancellation()
    private val events: Iterator<ConnectResponse> =
        context.call(Callable { helper.connectionService.connect(request) })

    /** All events up to and with the first of a kind. */
    fun readUntil(kind: EventCase): List<ConnectResponse> = buildList {
        do add(events.next()) while (last().eventCase != kind)
    }

    /** All that is left of the stream. */
    fun readToEnd(): List<ConnectResponse> = events.asSequence().toList()

    override fun close() {
        context.cancel(null)
    }
}
