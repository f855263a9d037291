package io.gitpod.helper.shim.view

import io.gitpod.helper.v1.WorkspacePhase
import java.awt.BasicStroke
import java.awt.Color
import java.awt.Component
import java.awt.Graphics
import java.awt.Graphics2D
import java.awt.RenderingHints
import java.awt.geom.Ellipse2D
import java.awt.geom.Path2D
import javax.swing.Icon

/** An icon that is painted, so that it is sharp at every scale. */
internal abstract class PaintedIcon(private val sizePx: Int) : Icon {
    override fun getIconWidth(): Int = sizePx

    override fun getIconHeight(): Int = sizePx

    override fun paintIcon(component: Component?, graphics: Graphics, x: Int, y: Int) {
        val copy = graphics.create() as Graphics2D
        try {
            copy.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON)
            copy.translate(x, y)
            copy.scale(sizePx / 16.0, sizePx / 16.0)
            paint(copy)
        } finally {
            copy.dispose()
        }
    }

    /** Paints in a square of 16 by 16. */
    protected abstract fun paint(graphics: Graphics2D)
}

/** A box with an opening: somebody's workspace, elsewhere. */
internal class GitpodIcon(sizePx: Int) : PaintedIcon(sizePx) {
    override fun paint(graphics: Graphics2D) {
        val box = Path2D.Double().apply {
            moveTo(13.2, 5.2)
            lineTo(8.0, 2.2)
            lineTo(2.8, 5.2)
            lineTo(2.8, 10.8)
            lineTo(8.0, 13.8)
            lineTo(13.2, 10.8)
            lineTo(13.2, 8.4)
            lineTo(8.0, 8.4)
        }
        graphics.color = Color(0xF2, 0x8C, 0x1E)
        graphics.stroke = BasicStroke(2.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND)
        graphics.draw(box)
    }
}

/** A mark for a workspace's phase, by shape as well as by colour; by shape alone where [only] is the colour. */
internal class PhaseIcon(private val phase: WorkspacePhase, private val only: Color? = null) : PaintedIcon(12) {
    override fun paint(graphics: Graphics2D) {
        val circle = Ellipse2D.Double(3.0, 3.0, 10.0, 10.0)
        graphics.stroke = BasicStroke(2.5f)
        when (phase) {
            WorkspacePhase.WORKSPACE_PHASE_RUNNING -> {
                graphics.color = only ?: Colours.good
                graphics.fill(circle)
            }
            WorkspacePhase.WORKSPACE_PHASE_STOPPED, WorkspacePhase.WORKSPACE_PHASE_UNKNOWN,
            WorkspacePhase.WORKSPACE_PHASE_UNSPECIFIED, WorkspacePhase.UNRECOGNIZED -> {
                graphics.color = only ?: Colours.idle
                graphics.draw(circle)
            }
            else -> {
                graphics.color = only ?: Colours.busy
                graphics.draw(circle)
                graphics.fill(Ellipse2D.Double(5.5, 5.5, 5.0, 5.0))
            }
        }
    }
}

/** A mark before a stage. */
internal class StageIcon(private val mark: Mark) : PaintedIcon(16) {
    enum class Mark { DONE, CURRENT, AHEAD, FAILED }

    override fun paint(graphics: Graphics2D) {
        graphics.stroke = BasicStroke(2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND)
        when (mark) {
            Mark.DONE -> lines(graphics, Colours.good, 3.5 to 8.5, 6.5 to 11.5, 12.5 to 4.5)
            Mark.CURRENT -> {
                graphics.color = Colours.busy
                graphics.fill(Ellipse2D.Double(4.0, 4.0, 8.0, 8.0))
            }
            Mark.AHEAD -> {
                graphics.color = Colours.idle
                graphics.draw(Ellipse2D.Double(5.0, 5.0, 6.0, 6.0))
            }
            Mark.FAILED -> {
                lines(graphics, Colours.bad, 4.5 to 4.5, 11.5 to 11.5)
                lines(graphics, Colours.bad, 11.5 to 4.5, 4.5 to 11.5)
            }
        }
    }

    private fun lines(graphics: Graphics2D, color: Color, first: Pair<Double, Double>, vararg others: Pair<Double, Double>) {
        val path = Path2D.Double().apply {
            moveTo(first.first, first.second)
            others.forEach { (x, y) -> lineTo(x, y) }
        }
        graphics.color = color
        graphics.draw(path)
    }
}
