package io.gitpod.helper.shim.view

import io.gitpod.helper.shim.Texts
import io.gitpod.helper.shim.ide.Ide
import io.gitpod.helper.shim.model.AccountRow
import io.gitpod.helper.shim.model.AccountsModel
import io.gitpod.helper.v1.AccountState
import java.awt.BorderLayout
import java.awt.Font
import javax.swing.JButton
import javax.swing.JComponent
import javax.swing.JLabel
import javax.swing.JPanel

/** How it is with each installation, with the button that makes it better. */
internal class AccountsPanel(private val accounts: () -> AccountsModel, private val ide: Ide) : JPanel(Column(4)) {
    private var shown = emptyList<AccountRow>()

    init {
        isOpaque = false
    }

    fun show(rows: List<AccountRow>) {
        if (rows == shown) return
        shown = rows
        removeAll()
        rows.forEach { add(line(it)) }
        revalidate()
        repaint()
    }

    private fun line(row: AccountRow) = JPanel(BorderLayout(12, 0)).apply {
        isOpaque = false
        val host = JLabel(row.host).apply { font = font.deriveFont(Font.BOLD) }
        val state = JLabel(stateText(row)).apply {
            foreground = if (row.failure != null) Colours.badText(Colours.background) else Colours.secondary(Colours.text, Colours.background)
            toolTipText = row.failure?.message ?: text
        }
        add(host, BorderLayout.LINE_START)
        add(state, BorderLayout.CENTER)
        add(row(*buttons(row).toTypedArray()), BorderLayout.LINE_END)
    }

    private fun buttons(row: AccountRow): List<JComponent> = when {
        row.signInPage != null -> listOf(
            button("account.copyPage", row) { ide.copy(row.signInPage) }.apply { isEnabled = row.signInPage.isNotEmpty() },
            button("account.cancel", row) { accounts().cancelSignIn(row.host) },
        )
        row.state == AccountState.ACCOUNT_STATE_SIGNED_IN -> listOf(button("account.signOut", row) { accounts().signOut(row.host) })
        row.state == AccountState.ACCOUNT_STATE_SIGNED_OUT || row.state == AccountState.ACCOUNT_STATE_EXPIRED ->
            listOf(button("account.signIn", row) { accounts().signIn(row.host) })
        else -> emptyList()
    }

    private fun button(key: String, row: AccountRow, action: () -> Unit) = JButton(Texts.get(key)).apply {
        getAccessibleContext().accessibleDescription = row.host
        addActionListener { action() }
    }

    private fun stateText(row: AccountRow): String = when {
        row.signInPage != null -> Texts.get("account.waiting")
        row.state == AccountState.ACCOUNT_STATE_SIGNED_IN && row.userName.isEmpty() -> Texts.get("account.signedIn.unnamed")
        row.state == AccountState.ACCOUNT_STATE_SIGNED_IN -> Texts.get("account.signedIn", row.userName)
        row.state == AccountState.ACCOUNT_STATE_EXPIRED -> Texts.get("account.expired")
        row.state == AccountState.ACCOUNT_STATE_UNREACHABLE -> Texts.get("account.unreachable")
        row.state == AccountState.ACCOUNT_STATE_SIGNED_OUT -> row.failure?.message ?: Texts.get("account.signedOut")
        else -> Texts.get("account.unknown")
    }
}
