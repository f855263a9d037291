package io.gitpod.helper.shim.view

import io.gitpod.helper.shim.Texts
import io.gitpod.helper.shim.ide.Ide
import io.gitpod.helper.shim.ide.Remedies
import io.gitpod.helper.shim.life.HelperLife
import io.gitpod.helper.shim.life.ShimFailures
import io.gitpod.helper.shim.model.AccountRow
import io.gitpod.helper.shim.model.AccountsModel
import io.gitpod.helper.shim.model.ThinClientException
import io.gitpod.helper.shim.model.Threads
import io.gitpod.helper.shim.model.WorkspacesModel
import io.gitpod.helper.shim.model.WorkspacesState
import io.gitpod.helper.v1.AccountState
import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.WorkspaceRef
import java.awt.BorderLayout
import javax.swing.BorderFactory
import javax.swing.JButton
import javax.swing.JComponent
import javax.swing.JLabel
import javax.swing.JPanel
import javax.swing.JTextField
import javax.swing.event.DocumentEvent
import javax.swing.event.DocumentListener

/** What the page for Gitpod in JetBrains Gateway works with. */
class HomeContext(
    val life: HelperLife,
    val threads: Threads,
    val ide: Ide,
    val remedies: (host: String) -> Remedies,
)

/** Gitpod's page in JetBrains Gateway: accounts, and the live list of workspaces. */
class HomePanel(private val context: HomeContext) : JPanel(BorderLayout(0, 12)), WorkspaceActions, AutoCloseable {
    private val ide = context.ide
    private val accountsPanel = AccountsPanel({ accounts }, ide)
    private val notice = FailurePanel(::remediesFor) { workspaces.refresh() }
    private val search = JTextField(18)
    private val list = WorkspacesPanel(this, ::messageFor) { System.currentTimeMillis() / 1_000 }
    private var rows = emptyList<AccountRow>()
    private var state: WorkspacesState = WorkspacesState.Loading
    private var create: CreatePanel? = null
    private val workspaces = WorkspacesModel(context.life, context.threads, ::show)
    private val accounts = AccountsModel(context.life, context.threads, ide, ::show)

    init {
        border = BorderFactory.createEmptyBorder(16, 20, 16, 20)
        search.toolTipText = Texts.get("home.search.hint")
        search.document.addDocumentListener(object : DocumentListener {
            override fun insertUpdate(event: DocumentEvent) = workspaces.search(search.text)
            override fun removeUpdate(event: DocumentEvent) = workspaces.search(search.text)
            override fun changedUpdate(event: DocumentEvent) = Unit
        })
        showList()
        show(state)
    }

    override fun close() {
        create?.close()
        accounts.close()
        context.threads.background.execute(workspaces::close)
    }

    internal fun show(next: WorkspacesState) {
        state = next
        notice.show((next as? WorkspacesState.Listed)?.notice)
        list.show(next)
    }

    internal fun show(next: List<AccountRow>) {
        rows = next
        accountsPanel.show(next)
        list.show(state)
    }

    override fun connect(workspace: WorkspaceRef) = try {
        ide.connect(workspace)
    } catch (unlike: ThinClientException) {
        notice.show(ShimFailures.noClient(unlike.message ?: ""))
    }

    override fun start(workspace: WorkspaceRef) = workspaces.start(workspace)

    override fun stop(workspace: WorkspaceRef) = workspaces.stop(workspace)

    override fun browse(workspace: WorkspaceRef) = ide.browse(linkOf(workspace))

    override fun copyLink(workspace: WorkspaceRef) = ide.copy(linkOf(workspace))

    /** The dashboard's own address of a workspace. */
    private fun linkOf(workspace: WorkspaceRef) = "https://${workspace.host}/start#${workspace.workspaceId}"

    private fun showList() {
        create?.close()
        create = null
        val label = JLabel(Texts.get("home.search")).apply { labelFor = search }
        val new = JButton(Texts.get("home.new")).apply { addActionListener { showCreate() } }
        val tools = JPanel(BorderLayout(8, 0)).apply {
            isOpaque = false
            add(label, BorderLayout.LINE_START)
            add(search, BorderLayout.CENTER)
            add(new, BorderLayout.LINE_END)
        }
        replaceContent(column(accountsPanel, tools, notice, gapPx = 12), list)
    }

    private fun showCreate() {
        val panel = CreatePanel(context, rows.map { it.host }, ::connect, ::showList)
        create = panel
        replaceContent(null, panel)
    }

    private fun replaceContent(head: JComponent?, content: JComponent) {
        removeAll()
        if (head != null) add(head, BorderLayout.NORTH)
        add(content, BorderLayout.CENTER)
        revalidate()
        repaint()
    }

    /** What is shown in place of a list; null for the list. */
    private fun messageFor(state: WorkspacesState): JComponent? = when (state) {
        WorkspacesState.Loading -> if (allSignedOut()) signedOut() else MessagePanel(Texts.get("home.loading"))
        is WorkspacesState.Failed -> if (allSignedOut()) signedOut() else column(
            MessagePanel(Texts.get("home.failed")),
            FailurePanel(::remediesFor) { workspaces.refresh() }.apply { show(state.failure) },
        )
        is WorkspacesState.Listed -> when {
            state.rows.isNotEmpty() -> null
            state.total > 0 -> MessagePanel(Texts.get("home.nothingFound"), Texts.get("home.nothingFound.detail", state.total))
            allSignedOut() -> signedOut()
            state.notice != null -> MessagePanel(Texts.get("home.failed"))
            else -> MessagePanel(Texts.get("home.empty"), Texts.get("home.empty.detail"))
        }
    }

    private fun allSignedOut() = rows.isNotEmpty() && rows.all { it.state == AccountState.ACCOUNT_STATE_SIGNED_OUT || it.state == AccountState.ACCOUNT_STATE_EXPIRED }

    private fun signedOut(): JComponent {
        val host = rows.first().host
        val button = JButton(Texts.get("account.signIn")).apply {
            isEnabled = rows.first().signInPage == null
            addActionListener { accounts.signIn(host) }
        }
        return MessagePanel(Texts.get("home.signedOut"), Texts.get("home.signedOut.detail"), button)
    }

    private fun remediesFor(failure: Failure): Remedies =
        context.remedies(failure.detailsMap["host"] ?: rows.firstOrNull()?.host ?: "")
}
