package io.gitpod.helper.shim.view

import io.gitpod.helper.shim.Texts
import io.gitpod.helper.shim.model.WorkspaceRow
import io.gitpod.helper.shim.model.usedAtSeconds
import io.gitpod.helper.v1.Workspace
import io.gitpod.helper.v1.WorkspacePhase
import java.awt.BorderLayout
import java.awt.Color
import java.awt.Component
import java.awt.Font
import javax.swing.BorderFactory
import javax.swing.JLabel
import javax.swing.JList
import javax.swing.JPanel
import javax.swing.ListCellRenderer
import javax.swing.SwingConstants

/** One row of the list: description and phase, below them repository, branch, changes and age. */
internal class WorkspaceCell(private val nowSeconds: () -> Long) : JPanel(BorderLayout(12, 2)), ListCellRenderer<WorkspaceRow> {
    private val title = JLabel()
    private val detail = JLabel()
    private val phase = JLabel().apply {
        horizontalAlignment = SwingConstants.TRAILING
        iconTextGap = 6
    }
    private val age = JLabel().apply { horizontalAlignment = SwingConstants.TRAILING }

    init {
        border = BorderFactory.createEmptyBorder(7, 12, 7, 12)
        val left = column(title, detail, gapPx = 3)
        val right = column(phase, age, gapPx = 3)
        add(left, BorderLayout.CENTER)
        add(right, BorderLayout.LINE_END)
    }

    override fun getListCellRendererComponent(
        list: JList<out WorkspaceRow>, row: WorkspaceRow, index: Int, selected: Boolean, focused: Boolean,
    ): Component {
        val workspace = row.workspace
        title.text = titleOf(workspace)
        detail.text = detailOf(workspace)
        phase.text = if (row.stale) Texts.get("phase.stale", phaseWord(workspace.phase)) else phaseWord(workspace.phase)
        phase.icon = PhaseIcon(
            if (row.stale) WorkspacePhase.WORKSPACE_PHASE_UNKNOWN else workspace.phase,
            only = if (selected) Colours.selectedText else null,
        )
        age.text = Ages.text(nowSeconds() - workspace.usedAtSeconds)
        paintWith(if (selected) Colours.selection else Colours.listBackground, if (selected) Colours.selectedText else Colours.listText)
        toolTipText = "${workspace.ref.workspaceId} – ${title.text} – ${detail.text}"
        getAccessibleContext().accessibleName = listOf(title.text, phase.text, detail.text, age.text).joinToString(", ")
        return this
    }

    private fun paintWith(background: Color, text: Color) {
        this.background = background
        val secondary = Colours.secondary(text, background)
        title.foreground = text
        title.font = list.deriveFont(Font.BOLD)
        phase.foreground = text
        detail.foreground = secondary
        age.foreground = secondary
    }

    private val list: Font get() = javax.swing.UIManager.getFont("List.font") ?: font

    companion object {
        fun titleOf(workspace: Workspace): String =
            plain(workspace.description.ifBlank { workspace.repository.ifBlank { workspace.ref.workspaceId } })

        fun phaseWord(phase: WorkspacePhase): String =
            Texts.get("phase.${phase.name.removePrefix("WORKSPACE_PHASE_").lowercase()}")

        private fun detailOf(workspace: Workspace): String = listOf(
            workspace.repository,
            workspace.branch,
            if (workspace.hasChangedFiles() && workspace.changedFiles > 0) Texts.get("row.changes", workspace.changedFiles) else "",
            if (workspace.pinned) Texts.get("row.pinned") else "",
        ).filter(String::isNotBlank).ifEmpty { listOf(workspace.ref.workspaceId) }.joinToString(" · ", transform = ::plain)

        /** A label would take `<html>` for a document. */
        private fun plain(text: String): String = if (text.startsWith("<")) " $text" else text
    }
}
