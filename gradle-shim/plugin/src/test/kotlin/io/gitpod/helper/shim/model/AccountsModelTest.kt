package io.gitpod.helper.shim.model

import io.gitpod.helper.shim.support.Installation
import io.gitpod.helper.shim.support.InstallationResolver
import io.gitpod.helper.shim.support.Plugin
import io.gitpod.helper.shim.support.await
import io.gitpod.helper.shim.support.onEdt
import io.gitpod.helper.shim.support.ownSignInPorts
import io.gitpod.helper.v1.AccountState
import java.util.concurrent.Executor
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.atomic.AtomicReference
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith

/** The accounts, on a thread that paints which is busy until the test lets it go on. */
@ExtendWith(InstallationResolver::class)
class AccountsModelTest(private val installation: Installation) {
    private val host = installation.gitpod.host
    private val plugin = Plugin(installation).apply { ide.tokens.clear() }
    private val painting = LinkedBlockingQueue<Runnable>()
    private val rows = AtomicReference(emptyList<AccountRow>())
    private val threads = Threads(ui = Executor(painting::add))
    private val model = AccountsModel(plugin.life, threads, plugin.ide, rows::set)

    @AfterEach
    fun close() {
        model.close()
        plugin.close()
    }

    @Test
    fun `a sign-in that is cancelled while its page is on the way opens none, and can be begun again`() = ownSignInPorts().use {
        plugin.awaitRunning()
        paint()
        model.signIn(host)
        await("the page is on the way") { painting.isNotEmpty() }
        model.cancelSignIn(host)
        paint()
        assertEquals(emptyList<String>(), plugin.ide.browsed)
        assertEquals(listOf<String?>(null), rows.get().map { it.signInPage })
    }

    @Test
    fun `what was wrong with a sign-in is not told any more once the account works`() {
        val early = Plugin(installation)
        val told = AtomicReference(emptyList<AccountRow>())
        val accounts = AccountsModel(early.life, Threads(), early.ide, told::set)
        AutoCloseable { accounts.close(); early.close() }.use {
            onEdt { accounts.signIn(host) }
            await("it works") { told.get().any { it.state == AccountState.ACCOUNT_STATE_SIGNED_IN } }
            assertEquals(null, told.get().single().failure)
        }
    }

    private fun paint() {
        // What is under way at the start has been told then.
        Thread.sleep(500)
        generateSequence(painting::poll).forEach(Runnable::run)
    }
}
