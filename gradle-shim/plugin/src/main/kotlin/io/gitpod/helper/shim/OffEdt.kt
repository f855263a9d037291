package io.gitpod.helper.shim

import io.grpc.CallOptions
import io.grpc.Channel
import io.grpc.ClientCall
import io.grpc.ClientInterceptor
import io.grpc.MethodDescriptor
import java.awt.EventQueue

/**
 * Calls, processes and files can take their time: never on the thread that paints.
 *
 * @throws IllegalStateException on that thread.
 */
fun requireOffEdt(what: String) = check(!EventQueue.isDispatchThread()) { "$what on the thread that paints" }

/** Refuses calls on the thread that paints. */
internal object OffEdtInterceptor : ClientInterceptor {
    override fun <Q : Any, R : Any> interceptCall(
        method: MethodDescriptor<Q, R>,
        options: CallOptions,
        next: Channel,
    ): ClientCall<Q, R> {
        requireOffEdt("a call of ${method.fullMethodName}")
        return next.newCall(method, options)
    }
}
