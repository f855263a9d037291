package io.gitpod.helper.shim.model

import java.awt.EventQueue
import java.util.concurrent.Executor
import java.util.concurrent.Executors

/**
 * Where models work, and where they tell of it.
 *
 * @property background for calls and files.
 * @property ui the thread that paints.
 */
class Threads(
    val background: Executor = Executors.newCachedThreadPool { Thread(it, "gitpod-helper-work").apply { isDaemon = true } },
    val ui: Executor = Executor(EventQueue::invokeLater),
)
