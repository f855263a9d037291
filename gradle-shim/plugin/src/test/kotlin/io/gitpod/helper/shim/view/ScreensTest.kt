package io.gitpod.helper.shim.view

import com.formdev.flatlaf.FlatDarculaLaf
import com.formdev.flatlaf.FlatLightLaf
import io.gitpod.helper.shim.gateway.GatewayCalls
import io.gitpod.helper.shim.ide.ShimService
import io.gitpod.helper.shim.ide.ShimSettings
import io.gitpod.helper.shim.life.HelperLife
import io.gitpod.helper.shim.model.AccountRow
import io.gitpod.helper.shim.model.ConnectionModel
import io.gitpod.helper.shim.model.ConnectionState
import io.gitpod.helper.shim.model.CreateState
import io.gitpod.helper.shim.model.Threads
import io.gitpod.helper.shim.model.WorkspaceRow
import io.gitpod.helper.shim.model.WorkspacesState
import io.gitpod.helper.shim.support.LinksOnlyClient
import io.gitpod.helper.shim.support.TestIde
import io.gitpod.helper.shim.support.button
import io.gitpod.helper.shim.support.onEdt
import io.gitpod.helper.shim.support.visible
import io.gitpod.helper.v1.AccountState
import io.gitpod.helper.v1.ConnectPhase
import io.gitpod.helper.v1.ConnectRequest
import io.gitpod.helper.v1.ConnectionMethod
import io.gitpod.helper.v1.ConnectionTransport
import io.gitpod.helper.v1.CreateOption
import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.FailureCode
import io.gitpod.helper.v1.GetCreateOptionsResponse
import io.gitpod.helper.v1.InitializeRequest
import io.gitpod.helper.v1.Prompt
import io.gitpod.helper.v1.PromptKind
import io.gitpod.helper.v1.Remedy
import io.gitpod.helper.v1.RemedyAction
import io.gitpod.helper.v1.Workspace
import io.gitpod.helper.v1.WorkspacePhase
import io.gitpod.helper.v1.WorkspaceRef
import java.awt.BorderLayout
import java.awt.Dimension
import java.io.IOException
import java.util.stream.Stream
import javax.swing.BorderFactory
import javax.swing.JComponent
import javax.swing.JLabel
import javax.swing.JList
import javax.swing.JPanel
import javax.swing.UIManager
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

private val sizes = listOf(Dimension(760, 520), Dimension(420, 560))

/** Every state of every view, painted as an IDE would in its light and in its dark theme, at two sizes. */
class ScreensTest {
    private val ide = TestIde(ShimSettings(listOf("gitpod.io", "gitpod.example.org")))
    private val life = HelperLife({ throw IOException("not in this test") }, { InitializeRequest.getDefaultInstance() })
    private val silent = Threads(background = {}, ui = {})
    private val service = ShimService(ide, life, silent, GatewayCalls(javaClass.classLoader) { "GW-243.1" })
    private val before = UIManager.getLookAndFeel()

    @AfterEach
    fun restore() {
        UIManager.setLookAndFeel(before)
        service.dispose()
    }

    @TestFactory
    fun `every state`(): Stream<DynamicTest> = states().entries.stream().map { (name, view) ->
        DynamicTest.dynamicTest(name) {
            themes { theme ->
                for (size in sizes) {
                    val painting = Painting.of(view(), size)
                    painting.save("$name-$theme-${size.width}")
                    painting.assertNothingIsCut()
                    painting.assertReadable()
                }
            }
        }
    }

    @Test
    fun `a row can be read, selected or not`() = themes { _ ->
        val list = JList<WorkspaceRow>()
        for (selected in listOf(true, false)) {
            val cell = WorkspaceCell { 0 }.getListCellRendererComponent(list, rows().first(), 0, selected, true)
            for (label in cell.visible().filterIsInstance<JLabel>()) {
                val contrast = Colours.contrast(label.foreground, cell.background)
                assertTrue(contrast >= 4.5, "${label.text}: $contrast")
            }
        }
    }

    private fun themes(action: (String) -> Unit) {
        for ((theme, look) in listOf("light" to FlatLightLaf(), "dark" to FlatDarculaLaf())) onEdt {
            UIManager.setLookAndFeel(look)
            action(theme)
        }
    }

    private fun states(): Map<String, () -> JComponent> = mapOf(
        "home-list" to { home(listed(rows())) },
        "home-stale" to { home(listed(rows(stale = true), notice = unreachable)) },
        "home-loading" to { home(WorkspacesState.Loading) },
        "home-empty" to { home(listed(emptyList())) },
        "home-nothing-found" to { home(listed(emptyList(), total = 12)) },
        "home-signed-out" to { home(listed(emptyList()), signedOut) },
        "home-signing-in" to { home(listed(emptyList()), listOf(signedOut.first().copy(signInPage = "https://gitpod.io/x"))) },
        "home-failed" to { home(WorkspacesState.Failed(helperGone)) },
        "connection-connecting" to { connection(connecting) },
        "connection-prompt-start" to { connection(ConnectionState(ref, ConnectPhase.CONNECT_PHASE_RESOLVING, prompt = startPrompt)) },
        "connection-prompt-passphrase" to { connection(connecting.copy(phase = ConnectPhase.CONNECT_PHASE_AUTHENTICATING, prompt = passphrase)) },
        "connection-ready" to { connection(ready) },
        "connection-interrupted" to { connection(ready.copy(interruption = lost)) },
        "connection-failed" to { connection(connecting.copy(ended = true, failure = stopped)) },
        "connection-no-way" to { connection(connecting.copy(ended = true, failure = noKey)) },
        "connection-copied" to { connection(connecting.copy(ended = true, failure = noKey)).apply { button("Copy Command").doClick(0) } },
        "connection-untrusted" to { connection(connecting.copy(ended = true, failure = untrusted)) },
        "create" to { create(CreateState(options)) },
        "create-failed" to { create(CreateState(options, failure = unreachable)) },
        "settings" to { SettingsPanel().apply { show(ide.settings) } },
        "link-invalid" to { MessagePanel("This link cannot be used: its workspaceId is not one that Gitpod makes.") },
    )

    private fun home(state: WorkspacesState, accounts: List<AccountRow> = signedIn) = HomePanel(service.home).apply {
        show(accounts)
        show(state)
        visible().filterIsInstance<JList<*>>().forEach { it.selectedIndex = 1 }
    }

    private fun connection(state: ConnectionState): JComponent {
        val model = ConnectionModel(life, silent, ConnectRequest.newBuilder().setWorkspace(ref).build(), LinksOnlyClient()) {}
        return ConnectionPanel(model, service.remedies("gitpod.io"), {}).apply { show(state) }
    }

    private fun create(state: CreateState): JComponent {
        val panel = CreatePanel(service.home, listOf("gitpod.io", "gitpod.example.org"), {}, {}).apply { show(state) }
        return JPanel(BorderLayout()).apply {
            border = BorderFactory.createEmptyBorder(16, 20, 16, 20)
            add(panel)
        }
    }

    private fun listed(rows: List<WorkspaceRow>, total: Int = rows.size, notice: Failure? = null) = WorkspacesState.Listed(rows, total, notice)
}

private val ref = refOf("octocat-helloworld-4k2m9x0q7r1")

private fun refOf(id: String): WorkspaceRef = WorkspaceRef.newBuilder().setHost("gitpod.io").setWorkspaceId(id).build()

private val signedIn = listOf(
    AccountRow("gitpod.io", AccountState.ACCOUNT_STATE_SIGNED_IN, "Ada Lovelace", null, null),
    AccountRow("gitpod.example.org", AccountState.ACCOUNT_STATE_EXPIRED, "", null, null),
)

private val signedOut = listOf(AccountRow("gitpod.io", AccountState.ACCOUNT_STATE_SIGNED_OUT, "", null, null))

private fun rows(stale: Boolean = false): List<WorkspaceRow> {
    val now = System.currentTimeMillis() / 1_000
    fun row(id: String, description: String, repository: String, branch: String, phase: WorkspacePhase, agoSeconds: Long, changes: Int) =
        WorkspaceRow(
            Workspace.newBuilder().setRef(refOf(id)).setDescription(description).setRepository(repository).setBranch(branch)
                .setPhase(phase).setChangedFiles(changes).setPinned(changes == 3)
                .setLastUsedAt(com.google.protobuf.Timestamp.newBuilder().setSeconds(now - agoSeconds)).build(),
            stale,
        )
    return listOf(
        row("acme-parcel-1a2b3c4d5e6", "Parcel tracking: retry when the carrier is away", "acme/parcel", "carrier-retry", WorkspacePhase.WORKSPACE_PHASE_RUNNING, 130, 3),
        row("acme-ledger-1a2b3c4d5e7", "Ledger", "acme/ledger", "main", WorkspacePhase.WORKSPACE_PHASE_RUNNING, 5_400, 0),
        row("acme-atlas-1a2b3c4d5e8", "Atlas: the new map tiles", "acme/atlas", "feature/vector-tiles-for-every-zoom-level", WorkspacePhase.WORKSPACE_PHASE_INITIALIZING, 40, 1),
        row("acme-beacon-1a2b3c4d5e9", "Beacon", "acme/beacon", "fix/flaky-start", WorkspacePhase.WORKSPACE_PHASE_STOPPING, 9_000, 0),
        row("acme-cinder-1a2b3c4d5f0", "Cinder: <b>not bold</b>", "acme/cinder", "main", WorkspacePhase.WORKSPACE_PHASE_STOPPED, 200_000, 12),
        row("acme-dune-1a2b3c4d5f1", "", "acme/dune", "main", WorkspacePhase.WORKSPACE_PHASE_STOPPED, 900_000, 0),
    )
}

private val connecting = ConnectionState(
    ref, ConnectPhase.CONNECT_PHASE_CONNECTING, "Dialling octocat-helloworld-4k2m9x0q7r1.ssh.ws-eu1.gitpod.io:22",
    ConnectionMethod.CONNECTION_METHOD_SSH_GATEWAY_KEY, ConnectionTransport.CONNECTION_TRANSPORT_TCP,
    "The key /home/ada/.ssh/id_ed25519 is registered with the account and can sign without asking.",
)

private val ready = connecting.copy(phase = ConnectPhase.CONNECT_PHASE_READY, detail = "", ready = true)

private fun remedy(action: RemedyAction, text: String, url: String = "", command: String = ""): Remedy =
    Remedy.newBuilder().setAction(action).setText(text).setUrl(url).setCommand(command).build()

private fun failure(code: FailureCode, message: String, vararg remedies: Remedy): Failure =
    Failure.newBuilder().setCode(code).setMessage(message).addAllRemedies(remedies.toList()).build()

private val stopped = failure(
    FailureCode.FAILURE_CODE_WORKSPACE_STOPPED, "The workspace octocat-helloworld-4k2m9x0q7r1 is stopped.",
    remedy(RemedyAction.REMEDY_ACTION_START_WORKSPACE, "Start the workspace."), remedy(RemedyAction.REMEDY_ACTION_RETRY, "Try again."),
)
private val noKey = failure(
    FailureCode.FAILURE_CODE_NO_MATCHING_KEY, "No SSH key of this machine is registered with your account on gitpod.io, so nothing can prove who you are to the SSH gateway.",
    remedy(RemedyAction.REMEDY_ACTION_OPEN_URL, "Register a key on the page for keys.", url = "https://gitpod.io/user/keys"),
    remedy(RemedyAction.REMEDY_ACTION_RUN_COMMAND, "Make a key.", command = "gitpod-helper keys create --register"),
    remedy(RemedyAction.REMEDY_ACTION_UNSPECIFIED, "Ask whoever runs the installation whether keys are permitted."),
    remedy(RemedyAction.REMEDY_ACTION_RETRY, "Try again."),
    remedy(RemedyAction.REMEDY_ACTION_COLLECT_DIAGNOSTICS, "Copy what somebody who helps wants to know."),
)
private val untrusted = failure(
    FailureCode.FAILURE_CODE_TLS_UNTRUSTED, "The TLS certificate of gitpod.example.org is not trusted: self-signed certificate in certificate chain.",
    remedy(RemedyAction.REMEDY_ACTION_CHANGE_SETTING, "If your company uses its own certificate authority, name its certificate."),
    remedy(RemedyAction.REMEDY_ACTION_CHANGE_SETTING, "If you do not know who issued it, ask your administrators."),
    remedy(RemedyAction.REMEDY_ACTION_RETRY, "Try again."),
)
private val unreachable = failure(
    FailureCode.FAILURE_CODE_HOST_UNREACHABLE, "Nothing answers at gitpod.io.",
    remedy(RemedyAction.REMEDY_ACTION_UNSPECIFIED, "Check the network."), remedy(RemedyAction.REMEDY_ACTION_RETRY, "Try again."),
)
private val lost = failure(FailureCode.FAILURE_CODE_SSH_CONNECTION_LOST, "The SSH connection was lost; it is made again as soon as the network is back.")
private val helperGone = failure(
    FailureCode.FAILURE_CODE_INTERNAL, "The Gitpod helper has ended five times within three minutes and is not started again. The Gitpod helper has ended (exit code 70).",
    remedy(RemedyAction.REMEDY_ACTION_RETRY, "Start the helper again."), remedy(RemedyAction.REMEDY_ACTION_COLLECT_DIAGNOSTICS, "Copy Diagnostics"),
)
private val startPrompt: Prompt = Prompt.newBuilder().setPromptId("1").setKind(PromptKind.PROMPT_KIND_START_WORKSPACE)
    .setTitle("The workspace octocat-helloworld-4k2m9x0q7r1 is stopped. Start it?").build()
private val passphrase: Prompt = Prompt.newBuilder().setPromptId("2").setKind(PromptKind.PROMPT_KIND_KEY_PASSPHRASE)
    .setTitle("Passphrase for the key /home/ada/.ssh/id_ed25519").build()
private val options: GetCreateOptionsResponse = GetCreateOptionsResponse.newBuilder()
    .addOrganizations(CreateOption.newBuilder().setId("1").setName("Acme").setIsDefault(true))
    .addWorkspaceClasses(CreateOption.newBuilder().setId("s").setName("Standard").setDescription("4 cores, 8 GB").setIsDefault(true))
    .addEditors(CreateOption.newBuilder().setId("intellij").setName("IntelliJ IDEA"))
    .build()
