package io.gitpod.helper.shim.model

import io.gitpod.helper.shim.ide.Ide
import io.gitpod.helper.shim.life.CallEnd
import io.gitpod.helper.shim.life.HelperCall
import io.gitpod.helper.shim.life.HelperLife
import io.gitpod.helper.shim.life.HelperState
import io.gitpod.helper.v1.AccountServiceGrpc
import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.SignInRequest
import io.gitpod.helper.v1.SignInResponse
import io.gitpod.helper.v1.SignInResponse.EventCase

/**
 * Signs in through the browser. Closing gives it up.
 *
 * @param onPage the page that was opened, for who wants another browser.
 * @param onDone null when it worked. Both are called on the thread that paints.
 */
class SignIn(
    private val life: HelperLife,
    private val threads: Threads,
    private val ide: Ide,
    private val host: String,
    private val onPage: (String) -> Unit,
    private val onDone: (Failure?) -> Unit,
) : AutoCloseable {
    private var call: AutoCloseable? = null

    @Volatile
    private var closed = false

    fun start(): SignIn = apply { threads.background.execute(::begin) }

    @Synchronized
    override fun close() {
        closed = true
        call?.let { threads.background.execute(it::close) }
    }

    @Synchronized
    private fun begin() {
        if (closed) return
        val helper = life.state
        if (helper !is HelperState.Running) return done(helper.failure)
        val request = SignInRequest.newBuilder().setHost(host).build()
        call = HelperCall(helper.helper, ::onEvent, ::onEnd)
            .start { channel, observer -> AccountServiceGrpc.newStub(channel).signIn(request, observer) }
    }

    private fun onEvent(event: SignInResponse) {
        when (event.eventCase) {
            EventCase.OPEN_PAGE -> tell {
                ide.browse(event.openPage.url)
                onPage(event.openPage.url)
            }
            EventCase.SIGNED_IN -> {
                ide.keepToken(host, event.signedIn.token)
                // A link may have brought an installation that is not set: the next helper is told of those that are.
                ide.settings.let { if (host !in it.hosts) ide.settings = it.copy(hosts = it.hosts + host) }
                done(null)
            }
            EventCase.FAILED -> done(event.failed)
            EventCase.EVENT_NOT_SET, null -> Unit
        }
    }

    private fun onEnd(end: CallEnd) = when (end) {
        is CallEnd.Failed -> done(end.failure)
        is CallEnd.HelperGone -> done(end.failure)
        CallEnd.Completed -> Unit
    }

    private fun done(failure: Failure?) = tell { onDone(failure) }

    /** Nothing of what was on its way when it was given up. */
    private fun tell(what: () -> Unit) = threads.ui.execute { if (!closed) what() }
}
