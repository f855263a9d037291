package io.gitpod.helper.shim.support

import io.gitpod.helper.shim.HelperProcess

/** Sends a signal, by its name without SIG. */
fun HelperProcess.signal(name: String) {
    val kill = ProcessBuilder("kill", "-s", name, pid.toString()).redirectErrorStream(true).start()
    val output = kill.inputReader().readText()
    check(kill.waitFor() == 0) { output }
}
