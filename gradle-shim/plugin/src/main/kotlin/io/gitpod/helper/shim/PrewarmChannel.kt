package io.gitpod.helper.shim

import io.gitpod.helper.v1.HelperServiceGrpc
import io.gitpod.helper.v1.InitializeRequest
import io.grpc.StatusRuntimeException
import java.io.InputStream
import java.io.OutputStream
import java.util.concurrent.TimeUnit

/**
 * Has the JVM load what a channel is made of, which takes longer than a helper's start: by a call into nowhere. Takes its
 * time, and starts nothing.
 */
fun prewarmChannel() {
    requireOffEdt("loading gRPC")
    HelperThreads().use { threads ->
        val socket = StreamSocket(InputStream.nullInputStream(), OutputStream.nullOutputStream())
        val channel = helperChannel(OneShotSocketFactory(socket), threads)
        try {
            HelperServiceGrpc.newBlockingStub(channel).withDeadlineAfter(1, TimeUnit.SECONDS)
                .initialize(InitializeRequest.getDefaultInstance())
        } catch (_: StatusRuntimeException) {
            // As it must be: there is nobody.
        } finally {
            channel.shutdownNow()
        }
    }
}
