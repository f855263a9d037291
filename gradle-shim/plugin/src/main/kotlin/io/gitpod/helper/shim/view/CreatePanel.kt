package io.gitpod.helper.shim.view

import io.gitpod.helper.shim.Texts
import io.gitpod.helper.shim.model.CreateModel
import io.gitpod.helper.shim.model.CreateState
import io.gitpod.helper.v1.CreateOption
import io.gitpod.helper.v1.CreateWorkspaceRequest
import io.gitpod.helper.v1.WorkspacePhase
import io.gitpod.helper.v1.WorkspaceRef
import java.awt.Component
import java.awt.Font
import javax.swing.DefaultListCellRenderer
import javax.swing.JButton
import javax.swing.JComboBox
import javax.swing.JComponent
import javax.swing.JLabel
import javax.swing.JList
import javax.swing.JPanel
import javax.swing.JTextField

/** A new workspace from a page; connects once it runs. */
internal class CreatePanel(
    private val context: HomeContext,
    hosts: List<String>,
    private val connect: (WorkspaceRef) -> Unit,
    private val back: () -> Unit,
) : JPanel(Column(10)), AutoCloseable {
    private val host = JComboBox(hosts.toTypedArray())
    private val url = JTextField()
    private val organization = optionBox()
    private val workspaceClass = optionBox()
    private val editor = optionBox()
    private val progress = paragraph()
    private val create = JButton(Texts.get("create.create")).apply { addActionListener { create() } }
    private val failure = FailurePanel({ context.remedies(selectedHost()) }) { model.retry() }
    private val model = CreateModel(context.life, context.threads, ::show)

    init {
        isOpaque = false
        add(JLabel(Texts.get("create.title")).apply { font = font.deriveFont(Font.BOLD, font.size2D * 1.25f) })
        if (hosts.size > 1) field("create.host", host)
        field("create.url", url)
        field("create.organization", organization)
        field("create.class", workspaceClass)
        field("create.editor", editor)
        add(progress)
        add(failure)
        add(row(create, JButton(Texts.get("create.back")).apply { addActionListener { back() } }))
        host.addActionListener { model.choose(selectedHost()) }
        url.addActionListener { create() }
        if (hosts.isNotEmpty()) model.choose(selectedHost())
    }

    override fun close() = model.close()

    fun show(state: CreateState) {
        state.options?.let { options ->
            organization.offer(options.organizationsList)
            workspaceClass.offer(options.workspaceClassesList)
            editor.offer(options.editorsList)
        }
        create.isEnabled = !state.creating
        progress.text = progressOf(state)
        progress.isVisible = progress.text.isNotEmpty()
        failure.show(state.failure)
        val workspace = state.workspace
        if (workspace?.phase == WorkspacePhase.WORKSPACE_PHASE_RUNNING && !state.creating) {
            back()
            connect(workspace.ref)
        }
        revalidate()
        repaint()
    }

    private fun progressOf(state: CreateState): String = when {
        state.creating && state.workspace != null ->
            Texts.get("create.progress", state.workspace.ref.workspaceId, WorkspaceCell.phaseWord(state.workspace.phase))
        state.options == null && state.failure == null -> Texts.get("create.loading")
        else -> ""
    }

    private fun create() {
        if (!create.isEnabled) return
        model.create(
            CreateWorkspaceRequest.newBuilder()
                .setHost(selectedHost())
                .setContextUrl(url.text.trim())
                .setOrganizationId(organization.chosen())
                .setWorkspaceClass(workspaceClass.chosen())
                .setEditor(editor.chosen())
                .build(),
        )
    }

    private fun selectedHost(): String = host.selectedItem as? String ?: ""

    private fun field(key: String, component: JComponent) {
        add(column(JLabel(Texts.get(key)).apply { labelFor = component }, component, gapPx = 3))
    }

    private fun optionBox() = JComboBox<CreateOption>().apply { renderer = OptionCell() }

    private fun JComboBox<CreateOption>.chosen(): String = (selectedItem as? CreateOption)?.id ?: ""

    /** What was chosen stays. The first entry stands for the installation's own choice. */
    private fun JComboBox<CreateOption>.offer(options: List<CreateOption>) {
        if (itemCount > 0 && options == (1 until itemCount).map(::getItemAt)) return
        removeAllItems()
        addItem(CreateOption.newBuilder().setName(Texts.get("create.default")).build())
        options.forEach(::addItem)
        options.firstOrNull { it.isDefault }?.let { selectedItem = it }
    }
}

private class OptionCell : DefaultListCellRenderer() {
    override fun getListCellRendererComponent(
        list: JList<*>, value: Any?, index: Int, selected: Boolean, focused: Boolean,
    ): Component {
        val option = value as? CreateOption
        val text = listOfNotNull(option?.name, option?.description?.ifEmpty { null }).joinToString(" – ")
        return super.getListCellRendererComponent(list, text, index, selected, focused)
    }
}
