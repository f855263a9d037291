package io.gitpod.helper.shim.support

import io.gitpod.helper.shim.HelperCommand
import io.gitpod.helper.shim.HelperProcess
import io.gitpod.helper.shim.helperEnvironment
import java.nio.file.Path

/** The Node executable that the tests run. */
val node: Path = pathProperty("helper.node")

private val helperScript = pathProperty("helper.script")

/** The environment of a helper under test: without the SSH agent of whoever runs the tests. */
private val environment = helperEnvironment() - "SSH_AUTH_SOCK"

/** Starts the helper as built. */
fun startHelper(onLogLine: (String) -> Unit = {}): HelperProcess =
    HelperProcess.start(HelperCommand.serve(node, helperScript), environment, onLogLine)

/** Starts something that is not the helper. */
fun startInstead(program: Path, vararg arguments: String): HelperProcess =
    HelperProcess.start(HelperCommand(program, arguments.toList()), environment) {}

/** Starts one that goes wrong on SIGUSR2, in one of the ways of `test/support/misbehavingHelper.ts`. */
fun startMisbehavingHelper(kind: String): HelperProcess {
    val script = pathProperty("embedded.script").resolveSibling("../support/misbehavingHelper.ts").normalize()
    return startInstead(node, script.toString(), kind, helperScript.toString())
}

/** Runs a test with a helper. Returns nothing, as JUnit wants of a test. */
fun withHelper(test: (HelperProcess) -> Unit) = startHelper().use(test)

/** A path that `pom.xml` hands to the tests. */
internal fun pathProperty(name: String): Path {
    val path = checkNotNull(System.getProperty(name)) { "-D$name is missing; pom.xml gives it" }
    return Path.of(path).toAbsolutePath().normalize()
}
