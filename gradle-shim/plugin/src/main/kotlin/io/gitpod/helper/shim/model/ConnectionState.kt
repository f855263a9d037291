package io.gitpod.helper.shim.model

import io.gitpod.helper.v1.ConnectPhase
import io.gitpod.helper.v1.ConnectionMethod
import io.gitpod.helper.v1.ConnectionTransport
import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.Prompt
import io.gitpod.helper.v1.WorkspaceRef

/**
 * What a view of a connection shows.
 *
 * @property detail what exactly is going on; may be empty.
 * @property method the one taken or, before [ready], the one that is tried.
 * @property reason why it is taken, in one sentence; may be empty.
 * @property interruption why bytes do not flow at the moment, though they did.
 * @property failure why it is over; null when it ended as asked.
 */
data class ConnectionState(
    val workspace: WorkspaceRef,
    val phase: ConnectPhase = ConnectPhase.CONNECT_PHASE_UNSPECIFIED,
    val detail: String = "",
    val method: ConnectionMethod = ConnectionMethod.CONNECTION_METHOD_UNSPECIFIED,
    val transport: ConnectionTransport = ConnectionTransport.CONNECTION_TRANSPORT_UNSPECIFIED,
    val reason: String = "",
    val prompt: Prompt? = null,
    val ready: Boolean = false,
    val interruption: Failure? = null,
    val stopping: Boolean = false,
    val ended: Boolean = false,
    val failure: Failure? = null,
)
