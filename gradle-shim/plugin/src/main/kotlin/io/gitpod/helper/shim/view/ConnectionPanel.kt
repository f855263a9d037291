package io.gitpod.helper.shim.view

import io.gitpod.helper.shim.Texts
import io.gitpod.helper.shim.ide.Remedies
import io.gitpod.helper.shim.model.ConnectionModel
import io.gitpod.helper.shim.model.ConnectionState
import io.gitpod.helper.v1.ConnectPhase
import io.gitpod.helper.v1.ConnectionMethod
import io.gitpod.helper.v1.ConnectionTransport
import java.awt.BorderLayout
import java.awt.Font
import javax.swing.BorderFactory
import javax.swing.JButton
import javax.swing.JLabel
import javax.swing.JPanel
import javax.swing.Timer

private val stages = listOf(
    ConnectPhase.CONNECT_PHASE_RESOLVING,
    ConnectPhase.CONNECT_PHASE_STARTING_WORKSPACE,
    ConnectPhase.CONNECT_PHASE_PLANNING,
    ConnectPhase.CONNECT_PHASE_CONNECTING,
    ConnectPhase.CONNECT_PHASE_AUTHENTICATING,
    ConnectPhase.CONNECT_PHASE_WAITING_FOR_BACKEND,
    ConnectPhase.CONNECT_PHASE_READY,
)

/** The frame of a connection: how far it is, by which way and why, what it asks, and what went wrong. */
internal class ConnectionPanel(
    private val model: ConnectionModel,
    remedies: Remedies,
    private val end: () -> Unit,
    private val nowMs: () -> Long = { System.nanoTime() / 1_000_000 },
) : JPanel(BorderLayout()) {
    private val title = JLabel().apply { font = font.deriveFont(Font.BOLD, font.size2D * 1.25f) }
    private val elapsed = JLabel()
    private val lines = stages.associateWith { JLabel(stageText(it)).apply { iconTextGap = 8 } }
    private val detail = paragraph()
    private val way = paragraph()
    private val prompt = PromptPanel { fill -> model.answer(fill) }
    private val failure = FailurePanel({ remedies }) { startIfStopped ->
        startedAtMs = nowMs()
        model.retry(startIfStopped)
    }
    private val button = JButton().apply { addActionListener { end() } }
    private var startedAtMs = nowMs()
    private val clock = Timer(1_000) { showElapsed() }

    init {
        border = BorderFactory.createEmptyBorder(20, 24, 16, 24)
        val head = JPanel(BorderLayout(12, 0)).apply {
            isOpaque = false
            add(title, BorderLayout.CENTER)
            add(elapsed, BorderLayout.LINE_END)
        }
        val list = column(*lines.values.toTypedArray(), gapPx = 5)
        add(column(head, list, detail, way, prompt, failure, gapPx = 12), BorderLayout.CENTER)
        add(JPanel(BorderLayout()).apply { isOpaque = false; add(button, BorderLayout.LINE_END) }, BorderLayout.SOUTH)
    }

    override fun addNotify() {
        super.addNotify()
        clock.start()
    }

    override fun removeNotify() {
        clock.stop()
        super.removeNotify()
    }

    fun show(state: ConnectionState) {
        title.text = Texts.get(titleKey(state), state.workspace.workspaceId)
        title.toolTipText = state.workspace.host
        stages.forEach { showStage(it, state) }
        val secondary = Colours.secondary(Colours.text, Colours.background)
        elapsed.foreground = secondary
        detail.foreground = secondary
        way.foreground = secondary
        detail.showOrHide(detailOf(state))
        way.showOrHide(wayOf(state))
        prompt.show(state.prompt)
        failure.show(state.failure ?: state.interruption)
        button.text = Texts.get(if (state.ended) "connection.close" else if (state.ready) "connection.disconnect" else "connection.cancel")
        if (state.ready || state.ended) clock.stop() else clock.start()
        showElapsed()
        elapsed.isVisible = !state.ready && !state.ended
        revalidate()
        repaint()
    }

    private fun showElapsed() {
        elapsed.text = Texts.get("connection.elapsed", (nowMs() - startedAtMs) / 1_000)
    }

    private fun showStage(stage: ConnectPhase, state: ConnectionState) {
        val line = lines.getValue(stage)
        val mark = markOf(stage, state)
        line.icon = StageIcon(mark)
        line.font = title.font.deriveFont(if (mark == StageIcon.Mark.CURRENT) Font.BOLD else Font.PLAIN, elapsed.font.size2D)
        line.foreground = if (mark == StageIcon.Mark.AHEAD) Colours.secondary(Colours.text, Colours.background) else Colours.text
        // Only a workspace that is stopped is started.
        line.isVisible = stage != ConnectPhase.CONNECT_PHASE_STARTING_WORKSPACE || state.phase == stage
        line.getAccessibleContext().accessibleDescription = mark.name.lowercase()
    }

    private fun markOf(stage: ConnectPhase, state: ConnectionState): StageIcon.Mark {
        val at = stages.indexOf(state.phase)
        return when {
            stages.indexOf(stage) < at || (state.ready && stage == state.phase) -> StageIcon.Mark.DONE
            stages.indexOf(stage) > maxOf(at, 0) -> StageIcon.Mark.AHEAD
            state.failure != null -> StageIcon.Mark.FAILED
            else -> StageIcon.Mark.CURRENT
        }
    }

    private fun titleKey(state: ConnectionState): String = when {
        state.ended -> "connection.title.ended"
        state.interruption != null && state.ready -> "connection.title.interrupted"
        state.ready -> "connection.title.ready"
        else -> "connection.title"
    }

    private fun detailOf(state: ConnectionState): String = when {
        state.ended -> if (state.failure == null) Texts.get("connection.ended") else ""
        state.stopping -> Texts.get("connection.stopping")
        state.ready && state.interruption == null -> Texts.get("connection.ready")
        else -> state.detail
    }

    private fun wayOf(state: ConnectionState): String {
        if (state.method == ConnectionMethod.CONNECTION_METHOD_UNSPECIFIED || state.ended) return ""
        val way = Texts.get("connection.way", wordOf("method", state.method.name), transportWord(state.transport))
        return if (state.reason.isEmpty()) way else "$way ${state.reason}"
    }

    private fun transportWord(transport: ConnectionTransport) = wordOf("transport", transport.name)

    private fun wordOf(kind: String, name: String): String =
        Texts.get("$kind.${name.removePrefix("CONNECTION_${kind.uppercase()}_").lowercase()}")

    private fun stageText(stage: ConnectPhase): String = Texts.get("stage.${stage.name.removePrefix("CONNECT_PHASE_").lowercase()}")
}
