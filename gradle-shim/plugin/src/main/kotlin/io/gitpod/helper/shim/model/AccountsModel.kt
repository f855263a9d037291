package io.gitpod.helper.shim.model

import io.gitpod.helper.shim.ide.Ide
import io.gitpod.helper.shim.life.CallEnd
import io.gitpod.helper.shim.life.HelperCall
import io.gitpod.helper.shim.life.HelperLife
import io.gitpod.helper.shim.life.HelperState
import io.gitpod.helper.v1.Account
import io.gitpod.helper.v1.AccountServiceGrpc
import io.gitpod.helper.v1.AccountState
import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.SignOutRequest
import io.gitpod.helper.v1.SignOutResponse
import io.gitpod.helper.v1.WatchAccountsRequest
import io.gitpod.helper.v1.WatchAccountsResponse
import java.util.concurrent.TimeUnit

private const val SIGN_OUT_DEADLINE_MS = 30_000L

/**
 * How it is with one installation.
 *
 * @property signInPage the page in the browser, while a sign-in is under way; empty until it is known.
 */
data class AccountRow(
    val host: String,
    val state: AccountState,
    val userName: String,
    val failure: Failure?,
    val signInPage: String?,
)

/** The accounts of all installations, live. [onChange] is called on the thread that paints, as everything here is to be. */
class AccountsModel(
    private val life: HelperLife,
    private val threads: Threads,
    private val ide: Ide,
    private val onChange: (List<AccountRow>) -> Unit,
) : AutoCloseable {
    private var hosts = emptyList<String>()
    private var accounts = emptyMap<String, Account>()
    private val pages = HashMap<String, String>()
    private val failures = HashMap<String, Failure>()
    private val signIns = HashMap<String, SignIn>()
    private val watch = Subscription<WatchAccountsResponse>(
        life,
        { channel, observer ->
            AccountServiceGrpc.newStub(channel).watchAccounts(WatchAccountsRequest.getDefaultInstance(), observer)
        },
        { if (it is HelperState.Running) takeHosts() },
        { take(it.accountsList) },
        { },
    )

    fun signIn(host: String, then: () -> Unit = {}) {
        if (host in signIns) return
        pages[host] = ""
        failures -= host
        signIns[host] = SignIn(life, threads, ide, host, { pages[host] = it; publish() }) { failure ->
            done(host, failure)
            if (failure == null) then()
        }.start()
        publish()
    }

    fun cancelSignIn(host: String) {
        signIns[host]?.close()
        done(host, null)
    }

    fun signOut(host: String) = threads.background.execute {
        ide.keepToken(host, null)
        val running = life.state as? HelperState.Running ?: return@execute
        HelperCall<SignOutResponse>(running.helper, {}, {}).start { channel, observer ->
            AccountServiceGrpc.newStub(channel).withDeadlineAfter(SIGN_OUT_DEADLINE_MS, TimeUnit.MILLISECONDS)
                .signOut(SignOutRequest.newBuilder().setHost(host).build(), observer)
        }
    }

    override fun close() {
        signIns.values.forEach(SignIn::close)
        threads.background.execute(watch::close)
    }

    private fun done(host: String, failure: Failure?) {
        signIns -= host
        pages -= host
        if (failure != null) failures[host] = failure
        publish()
    }

    private fun takeHosts() {
        val known = ide.settings.hosts
        threads.ui.execute {
            hosts = known
            publish()
        }
    }

    private fun take(told: List<Account>) = threads.ui.execute {
        accounts = told.associateBy { it.host }
        publish()
    }

    private fun publish() = onChange((hosts + accounts.keys).distinct().map(::row))

    private fun row(host: String): AccountRow {
        val account = accounts[host]
        val state = account?.state ?: AccountState.ACCOUNT_STATE_SIGNED_OUT
        if (state == AccountState.ACCOUNT_STATE_SIGNED_IN) failures -= host
        val failure = failures[host] ?: account?.takeIf { it.hasFailure() }?.failure
        return AccountRow(host, state, account?.userName ?: "", failure, pages[host])
    }
}
