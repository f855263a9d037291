package io.gitpod.helper.shim.view

import io.gitpod.helper.shim.model.WorkspaceRow
import io.gitpod.helper.shim.model.WorkspacesState
import io.gitpod.helper.shim.support.onEdt
import io.gitpod.helper.v1.Workspace
import io.gitpod.helper.v1.WorkspacePhase
import io.gitpod.helper.v1.WorkspaceRef
import java.awt.Dimension
import java.awt.event.ActionEvent
import java.awt.event.KeyEvent
import java.awt.event.MouseEvent
import javax.swing.JMenuItem
import javax.swing.KeyStroke
import javax.swing.event.PopupMenuEvent
import kotlin.system.measureTimeMillis
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The list in the hands of a person. */
class WorkspacesPanelTest {
    private val done = mutableListOf<String>()
    private val actions = object : WorkspaceActions {
        override fun connect(workspace: WorkspaceRef) = take("connect", workspace)
        override fun start(workspace: WorkspaceRef) = take("start", workspace)
        override fun stop(workspace: WorkspaceRef) = take("stop", workspace)
        override fun browse(workspace: WorkspaceRef) = take("browse", workspace)
        override fun copyLink(workspace: WorkspaceRef) = take("copyLink", workspace)
    }
    private val panel = onEdt { WorkspacesPanel(actions, { null }) { 0 } }

    @Test
    fun `Enter and a double click connect to the row that is selected`() = onEdt {
        show("a", "b")
        panel.list.selectedIndex = 1
        press(KeyEvent.VK_ENTER)
        doubleClick()
        assertEquals(listOf("connect b", "connect b"), done)
    }

    @Test
    fun `the menu has every action`() = onEdt {
        show("a")
        panel.list.selectedIndex = 0
        panel.list.componentPopupMenu.subElements.map { it as JMenuItem }.forEach { it.doClick(0) }
        assertEquals(listOf("connect a", "start a", "stop a", "browse a", "copyLink a"), done)
    }

    @Test
    fun `what cannot be done with a workspace as it is now cannot be chosen`() = onEdt {
        assertEquals(setOf("Connect", "Start", "Open in Browser", "Copy Link"), offered(WorkspacePhase.WORKSPACE_PHASE_STOPPED))
        assertEquals(setOf("Connect", "Stop", "Open in Browser", "Copy Link"), offered(WorkspacePhase.WORKSPACE_PHASE_RUNNING))
        assertEquals(setOf("Connect", "Open in Browser", "Copy Link"), offered(WorkspacePhase.WORKSPACE_PHASE_STOPPING))
        assertEquals(5, offered(WorkspacePhase.WORKSPACE_PHASE_UNKNOWN).size)
        panel.list.clearSelection()
        assertEquals(emptySet<String>(), enabledItems())
    }

    @Test
    fun `the selection stays on its workspace, and goes with it when it is deleted`() = onEdt {
        show("a", "b", "c")
        panel.list.selectedIndex = 1
        show("c", "x", "b")
        assertEquals("b", panel.list.selectedValue?.workspace?.ref?.workspaceId)
        show("c", "x")
        assertNull(panel.list.selectedValue)
        press(KeyEvent.VK_ENTER)
        assertEquals(emptyList<String>(), done)
    }

    @Test
    fun `10,000 rows are shown and painted as fast as ten`() = onEdt {
        val few = List(10) { "workspace-$it" }.toTypedArray()
        val many = List(10_000) { "workspace-$it" }.toTypedArray()
        repeat(3) { paintWith(few) }
        val fewMs = measureTimeMillis { repeat(5) { paintWith(few) } }
        val manyMs = measureTimeMillis { repeat(5) { paintWith(many) } }
        assertTrue(manyMs < fewMs * 10 + 500, "$manyMs ms for 10,000 rows, $fewMs ms for 10")
    }

    private fun offered(phase: WorkspacePhase): Set<String> {
        show("a", phase = phase)
        panel.list.selectedIndex = 0
        return enabledItems()
    }

    private fun enabledItems(): Set<String> {
        val menu = panel.list.componentPopupMenu
        menu.popupMenuListeners.forEach { it.popupMenuWillBecomeVisible(PopupMenuEvent(menu)) }
        return menu.subElements.map { it as JMenuItem }.filter { it.isEnabled }.map { it.text }.toSet()
    }

    private fun paintWith(ids: Array<String>) {
        show(*ids)
        Painting.of(panel, Dimension(600, 400))
    }

    private fun show(vararg ids: String, phase: WorkspacePhase = WorkspacePhase.WORKSPACE_PHASE_RUNNING) {
        val rows = ids.map { WorkspaceRow(Workspace.newBuilder().setRef(WorkspaceRef.newBuilder().setWorkspaceId(it)).setPhase(phase).build(), stale = false) }
        panel.show(WorkspacesState.Listed(rows, rows.size, null))
    }

    private fun press(key: Int) {
        val name = panel.list.getInputMap().get(KeyStroke.getKeyStroke(key, 0))
        panel.list.actionMap.get(name).actionPerformed(ActionEvent(panel.list, ActionEvent.ACTION_PERFORMED, ""))
    }

    private fun doubleClick() {
        val event = MouseEvent(panel.list, MouseEvent.MOUSE_CLICKED, 0, 0, 1, 1, 2, false, MouseEvent.BUTTON1)
        panel.list.mouseListeners.forEach { it.mouseClicked(event) }
    }

    private fun take(action: String, workspace: WorkspaceRef) {
        done += "$action ${workspace.workspaceId}"
    }
}
