package io.gitpod.helper.shim

import com.google.protobuf.Any
import com.google.protobuf.InvalidProtocolBufferException
import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.FailureCode
import io.grpc.Metadata
import io.grpc.Status
import io.grpc.StatusRuntimeException
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test

private val failure = Failure.newBuilder().setCode(FailureCode.FAILURE_CODE_RATE_LIMITED).setMessage("Wait.").build()

class HelperFailureTest {
    @Test
    fun `an error without trailers has none`() {
        assertNull(Status.UNAVAILABLE.asRuntimeException().helperFailure())
    }

    @Test
    fun `an error with other trailers has none`() {
        assertNull(Status.UNAVAILABLE.asRuntimeException(Metadata()).helperFailure())
    }

    @Test
    fun `the failure is found by its type among other details`() {
        val other = Any.newBuilder().setTypeUrl("type.googleapis.com/google.rpc.RetryInfo").build()
        assertEquals(failure, errorWith(other, packed("type.googleapis.com/gitpod.helper.v1.Failure")).helperFailure())
        assertEquals(failure, errorWith(packed("/gitpod.helper.v1.Failure")).helperFailure())
        assertNull(errorWith(other).helperFailure())
    }

    @Test
    fun `details that cannot be read count as none and say why`() {
        val error = errorWithBytes(byteArrayOf(-1, -1, -1))

        assertNull(error.helperFailure())
        assertInstanceOf(InvalidProtocolBufferException::class.java, error.suppressed.single())
    }

    private fun packed(typeUrl: String): Any =
        Any.newBuilder().setTypeUrl(typeUrl).setValue(failure.toByteString()).build()

    private fun errorWith(vararg details: Any): StatusRuntimeException =
        errorWithBytes(com.google.rpc.Status.newBuilder().addAllDetails(details.asList()).build().toByteArray())

    private fun errorWithBytes(bytes: ByteArray): StatusRuntimeException {
        val trailers = Metadata()
        trailers.put(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER), bytes)
        return Status.RESOURCE_EXHAUSTED.asRuntimeException(trailers)
    }
}
