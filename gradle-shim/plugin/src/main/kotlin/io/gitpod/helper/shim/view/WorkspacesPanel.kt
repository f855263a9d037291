package io.gitpod.helper.shim.view

import io.gitpod.helper.shim.Texts
import io.gitpod.helper.shim.model.WorkspaceRow
import io.gitpod.helper.shim.model.WorkspacesState
import io.gitpod.helper.v1.WorkspacePhase
import io.gitpod.helper.v1.WorkspaceRef
import java.awt.BorderLayout
import java.awt.event.ActionEvent
import java.awt.event.KeyEvent
import java.awt.event.MouseAdapter
import java.awt.event.MouseEvent
import javax.swing.AbstractAction
import javax.swing.AbstractListModel
import javax.swing.BorderFactory
import javax.swing.JComponent
import javax.swing.JList
import javax.swing.JMenuItem
import javax.swing.JPanel
import javax.swing.JPopupMenu
import javax.swing.JScrollPane
import javax.swing.KeyStroke
import javax.swing.ListSelectionModel
import javax.swing.event.PopupMenuEvent
import javax.swing.event.PopupMenuListener

/** A phase that is not told may be any. */
private val untold = setOf(WorkspacePhase.WORKSPACE_PHASE_UNKNOWN, WorkspacePhase.WORKSPACE_PHASE_UNSPECIFIED)
private val startable = untold + WorkspacePhase.WORKSPACE_PHASE_STOPPED
private val stoppable = WorkspacePhase.values().toSet() - setOf(WorkspacePhase.WORKSPACE_PHASE_STOPPING, WorkspacePhase.WORKSPACE_PHASE_STOPPED)

/** What can be done with a workspace of the list. */
internal interface WorkspaceActions {
    fun connect(workspace: WorkspaceRef)
    fun start(workspace: WorkspaceRef)
    fun stop(workspace: WorkspaceRef)
    fun browse(workspace: WorkspaceRef)
    fun copyLink(workspace: WorkspaceRef)
}

/** The list, or what there is to say in its place. */
internal class WorkspacesPanel(
    private val actions: WorkspaceActions,
    private val message: (WorkspacesState) -> JComponent?,
    nowSeconds: () -> Long,
) : JPanel(BorderLayout()) {
    private val rows = Rows()
    private val menu = JPopupMenu()
    val list = JList(rows).apply {
        cellRenderer = WorkspaceCell(nowSeconds)
        selectionMode = ListSelectionModel.SINGLE_SELECTION
        getAccessibleContext().accessibleName = Texts.get("home.list")
    }
    private val scroll = JScrollPane(list).apply { border = BorderFactory.createLineBorder(Colours.line) }

    init {
        isOpaque = false
        list.getInputMap(WHEN_FOCUSED).put(KeyStroke.getKeyStroke(KeyEvent.VK_ENTER, 0), "connect")
        list.actionMap.put("connect", object : AbstractAction() {
            override fun actionPerformed(event: ActionEvent) = withSelected(actions::connect)
        })
        addItem("connect", actions::connect)
        addItem("start", actions::start) { it in startable }
        addItem("stop", actions::stop) { it in stoppable }
        addItem("browse", actions::browse)
        addItem("copyLink", actions::copyLink)
        list.componentPopupMenu = menu
        list.addMouseListener(object : MouseAdapter() {
            override fun mousePressed(event: MouseEvent) = selectUnder(event)

            override fun mouseClicked(event: MouseEvent) {
                if (event.clickCount == 2 && event.button == MouseEvent.BUTTON1) withSelected(actions::connect)
            }
        })
    }

    fun show(state: WorkspacesState) {
        val instead = message(state)
        if (state is WorkspacesState.Listed) showRows(state.rows)
        val content = instead ?: scroll
        if (components.singleOrNull() === content) return
        removeAll()
        add(content, BorderLayout.CENTER)
        revalidate()
        repaint()
    }

    /** The selection stays on its workspace, wherever that is now; a workspace that is gone leaves none. */
    private fun showRows(next: List<WorkspaceRow>) {
        val selected = list.selectedValue?.workspace?.ref
        if (list.fixedCellHeight < 0 && next.isNotEmpty()) {
            // One height for all: without it every change would measure every row.
            list.fixedCellHeight = list.cellRenderer.getListCellRendererComponent(list, next.first(), 0, false, false).preferredSize.height
            list.fixedCellWidth = 1
        }
        rows.replace(next)
        val index = next.indexOfFirst { it.workspace.ref == selected }
        if (index >= 0) list.selectedIndex = index else list.clearSelection()
    }

    /** An item for the workspace that is selected; it can be chosen while [isFor] its phase. */
    private fun addItem(key: String, action: (WorkspaceRef) -> Unit, isFor: (WorkspacePhase) -> Boolean = { true }) {
        val item = menu.add(JMenuItem(Texts.get("action.$key")))
        item.addActionListener { withSelected(action) }
        menu.addPopupMenuListener(object : PopupMenuListener {
            override fun popupMenuWillBecomeVisible(event: PopupMenuEvent) {
                item.isEnabled = list.selectedValue?.let { isFor(it.workspace.phase) } ?: false
            }

            override fun popupMenuWillBecomeInvisible(event: PopupMenuEvent) = Unit

            override fun popupMenuCanceled(event: PopupMenuEvent) = Unit
        })
    }

    private fun withSelected(action: (WorkspaceRef) -> Unit) {
        list.selectedValue?.let { action(it.workspace.ref) }
    }

    private fun selectUnder(event: MouseEvent) {
        if (!event.isPopupTrigger && event.button != MouseEvent.BUTTON3) return
        val index = list.locationToIndex(event.point)
        if (index >= 0) list.selectedIndex = index
    }

    private class Rows : AbstractListModel<WorkspaceRow>() {
        private var rows = emptyList<WorkspaceRow>()

        override fun getSize(): Int = rows.size

        override fun getElementAt(index: Int): WorkspaceRow = rows[index]

        fun replace(next: List<WorkspaceRow>) {
            val before = rows.size
            rows = next
            if (before > next.size) fireIntervalRemoved(this, next.size, before - 1)
            if (before < next.size) fireIntervalAdded(this, before, next.size - 1)
            if (next.isNotEmpty()) fireContentsChanged(this, 0, next.size - 1)
        }
    }
}
