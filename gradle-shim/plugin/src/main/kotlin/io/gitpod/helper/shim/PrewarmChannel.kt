package io.gitpod.helper.shim

import io.gitpod.helper.v1.HelperServiceGrpc
import io.gitpod.helper.v1.InitializeRequest
import io.grpc.StatusRuntimeException
import java.io.DataInputStream
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream
import java.io.PipedInputStream
import java.io.PipedOutputStream
import java.util.concurrent.TimeUnit

private const val PIPE_BYTES = 1 shl 16

/**
 * Has the JVM load what a call is made of, which takes longer than a helper's start: by a call that is answered from here.
 * Takes its time, and starts nothing.
 */
fun prewarmChannel() {
    requireOffEdt("loading gRPC")
    val requests = PipedOutputStream()
    val answers = PipedOutputStream()
    val socket = StreamSocket(PipedInputStream(answers, PIPE_BYTES), requests)
    val requestsRead = PipedInputStream(requests, PIPE_BYTES)
    HelperThreads().use { threads ->
        threads.executor.execute { answerOneCall(requestsRead, answers) }
        val channel = helperChannel(OneShotSocketFactory(socket), threads)
        try {
            HelperServiceGrpc.newBlockingStub(channel).withDeadlineAfter(1, TimeUnit.SECONDS)
                .initialize(InitializeRequest.getDefaultInstance())
        } catch (_: StatusRuntimeException) {
            // What was loaded until then is loaded.
        } finally {
            // Its threads must outlive it: work that they refuse is an error in the IDE's log.
            channel.shutdownNow().awaitTermination(1, TimeUnit.SECONDS)
        }
    }
}

/** The server's side of one call, in HTTP/2's frames (RFC 9113 §3.4, §4.1): an empty message, and success; until the client closes. */
private fun answerOneCall(requests: InputStream, answers: OutputStream) = try {
    answers.use { answerOneCall(DataInputStream(requests), it) }
} catch (_: IOException) {
    // The call was given up.
}

private fun answerOneCall(frames: DataInputStream, answers: OutputStream) {
    answers.write(frame(SETTINGS, 0, 0))
    answers.flush()
    frames.skipNBytes(CLIENT_PREFACE_BYTES)
    var stream: Int
    do {
        val lengthAndType = frames.readInt()
        frames.readByte()
        stream = frames.readInt()
        frames.skipNBytes((lengthAndType ushr 8).toLong())
    } while (lengthAndType and 0xff != DATA)
    answers.write(frame(HEADERS, END_HEADERS, stream, headers))
    answers.write(frame(DATA, 0, stream, ByteArray(GRPC_PREFIX_BYTES)))
    answers.write(frame(HEADERS, END_HEADERS or END_STREAM, stream, trailers))
    answers.flush()
    frames.transferTo(OutputStream.nullOutputStream())
}

private const val CLIENT_PREFACE_BYTES = 24L
private const val GRPC_PREFIX_BYTES = 5
private const val DATA = 0
private const val HEADERS = 1
private const val SETTINGS = 4
private const val END_STREAM = 1
private const val END_HEADERS = 4

/** Fields in HPACK (RFC 7541 §6): `:status` 200 by its index, the others literally. */
private val headers = byteArrayOf(0x88.toByte(), 0, 12) + "content-type".toByteArray() + 16 + "application/grpc".toByteArray()
private val trailers = byteArrayOf(0, 11) + "grpc-status".toByteArray() + byteArrayOf(1, '0'.code.toByte())

private fun frame(type: Int, flags: Int, stream: Int, payload: ByteArray = byteArrayOf()): ByteArray =
    byteArrayOf(0, 0, payload.size.toByte(), type.toByte(), flags.toByte(), 0, 0, 0, stream.toByte()) + payload
