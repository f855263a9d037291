package io.gitpod.helper.shim

import com.google.protobuf.InvalidProtocolBufferException
import com.google.rpc.Status
import io.gitpod.helper.v1.Failure
import io.grpc.Metadata
import io.grpc.StatusRuntimeException

/** The trailer that carries a google.rpc.Status, whose one detail is the failure. */
private val statusDetails: Metadata.Key<ByteArray> =
    Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER)

/** The part of an Any's type URL that counts comes after the last slash. */
private const val FAILURE_TYPE = "gitpod.helper.v1.Failure"

/**
 * The failure that the helper reports with this error; null when there is none, as when the helper is gone. Details
 * that cannot be read count as none, and the reason is added to the error's suppressed exceptions.
 */
fun StatusRuntimeException.helperFailure(): Failure? {
    val bytes = trailers?.get(statusDetails) ?: return null
    return try {
        Status.parseFrom(bytes).detailsList
            .firstOrNull { it.typeUrl.substringAfterLast('/') == FAILURE_TYPE }
            ?.let { Failure.parseFrom(it.value) }
    } catch (unreadable: InvalidProtocolBufferException) {
        addSuppressed(unreadable)
        null
    }
}
