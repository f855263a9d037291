package io.gitpod.helper.shim

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class HelperEnvironmentTest {
    @Test
    fun `what programs need is handed on, under the name it has`() {
        val wanted = mapOf(
            "PATH" to "/bin",
            "HOME" to "/home/u",
            "SSH_AUTH_SOCK" to "/run/agent",
            "LC_ALL" to "C.UTF-8",
            "Path" to "C:\\Windows",
            "SystemRoot" to "C:\\Windows",
            "https_proxy" to "http://proxy:3128",
            "GITPOD_HELPER_LOG" to "debug",
        )
        assertEquals(wanted, helperEnvironment(wanted))
    }

    @Test
    fun `secrets and switches of other programs stay out`() {
        val unwanted = listOf(
            "GITPOD_TOKEN", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS", "NODE_PATH",
            "GRPC_TRACE", "LD_PRELOAD", "JAVA_TOOL_OPTIONS",
        )
        assertTrue(helperEnvironment(unwanted.associateWith { "x" }).isEmpty())
    }
}
