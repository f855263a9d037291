package io.gitpod.helper.shim

import io.grpc.ManagedChannel
import io.grpc.okhttp.OkHttpChannelBuilder
import java.util.concurrent.TimeUnit
import javax.net.SocketFactory

/** The largest answer that is read, in bytes; the helper's own limit for requests. */
private const val MAX_INBOUND_MESSAGE_BYTES = 16 * 1024 * 1024

/** How often the helper is pinged, and how long it may take to answer. Its answer needs no more than a moment of its main thread. */
private const val KEEP_ALIVE_SECONDS = 15L

/** More than gRPC's 30 days, which stands for never. */
private const val NEVER_IDLE_DAYS = 365L

/**
 * A channel over the one socket of [sockets]. There is no second transport: a helper that is gone is replaced
 * together with its channel.
 */
internal fun helperChannel(sockets: SocketFactory, threads: HelperThreads): ManagedChannel =
    OkHttpChannelBuilder
        .forAddress(StreamSocket.nominalAddress.hostString, StreamSocket.nominalAddress.port)
        .usePlaintext()
        .overrideAuthority("helper")
        .socketFactory(sockets)
        .proxyDetector { null }
        .intercept(OffEdtInterceptor)
        .disableServiceConfigLookUp()
        .disableRetry()
        .executor(threads.executor)
        .transportExecutor(threads.executor)
        .offloadExecutor(threads.executor)
        .scheduledExecutorService(threads.timer)
        .maxInboundMessageSize(MAX_INBOUND_MESSAGE_BYTES)
        // The end of a pipe shows at once; this is for a helper that hangs.
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveWithoutCalls(true)
        // An idle channel closes its transport, which ends the helper.
        .idleTimeout(NEVER_IDLE_DAYS, TimeUnit.DAYS)
        .build()
