package io.gitpod.helper.shim.gateway

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource

private val valid = mapOf("gitpodHost" to "gitpod.io", "workspaceId" to "octocat-hello-0123456789a")

class ConnectLinkTest {
    @Test
    fun `the dashboard's link for JetBrains Gateway`() {
        val link = ConnectLink.parse(valid + mapOf("backendPort" to "63342", "debugWorkspace" to "true"))
        assertEquals("gitpod.io", link.workspace.host)
        assertEquals("octocat-hello-0123456789a", link.workspace.workspaceId)
        assertTrue(link.workspace.debug)
        assertEquals(63342, link.backendPort)
    }

    @Test
    fun `the dashboard's link for the Toolbox`() {
        val link = ConnectLink.parse(mapOf("host" to "gitpod.example.org:8443", "workspaceId" to "a-b", "debugWorkspace" to "false"))
        assertEquals("gitpod.example.org:8443", link.workspace.host)
        assertFalse(link.workspace.debug)
        assertEquals(0, link.backendPort)
    }

    @Test
    fun `an installation has the name that the helper tells of it, however the link writes it`() {
        val written = listOf("gitpod.io", "GitPod.IO", "gitpod.io:443")
        assertEquals(setOf("gitpod.io"), written.map { ConnectLink.parse(valid + ("gitpodHost" to it)).workspace.host }.toSet())
    }

    @Test
    fun `what the list makes is read back`() {
        val workspace = ConnectLink.parse(valid + ("debugWorkspace" to "true")).workspace
        assertEquals(workspace, ConnectLink.parse(ConnectLink.parametersFor(workspace)).workspace)
    }

    @Test
    fun `links of others are left to others`() {
        assertTrue(ConnectLink.isOurs(valid))
        assertFalse(ConnectLink.isOurs(valid + ("type" to "ssh")))
        assertFalse(ConnectLink.isOurs(valid - "workspaceId"))
        assertFalse(ConnectLink.isOurs(mapOf("host" to "example.org", "type" to "ssh", "workspaceId" to "x")))
        assertFalse(ConnectLink.isOurs(emptyMap()))
    }

    @ParameterizedTest
    @CsvSource(
        "gitpodHost, ''", "gitpodHost, 'gitpod.io/x'", "gitpodHost, 'user@gitpod.io'", "gitpodHost, 'gitpod.io%2f'", "gitpodHost, 'http://gitpod.io'",
        "gitpodHost, '-gitpod.io'", "gitpodHost, 'gitpod.io:'", "gitpodHost, 'gitpod .io'", "gitpodHost, 'gitpod.io#x'", "gitpodHost, '<html>'",
        "workspaceId, ''", "workspaceId, '../x'", "workspaceId, '-oProxyCommand=x'", "workspaceId, 'a b'", "workspaceId, 'A'", "workspaceId, 'a%20b'",
        "backendPort, ''", "backendPort, '0'", "backendPort, '65536'", "backendPort, '-1'", "backendPort, '1e3'",
        "debugWorkspace, ''", "debugWorkspace, 'yes'",
    )
    fun `a value that no dashboard makes is refused by its name`(name: String, value: String) {
        val error = assertThrows<LinkException> { ConnectLink.parse(valid + (name to value)) }
        assertEquals("This link cannot be used: its $name is not one that Gitpod makes.", error.message)
    }

    @Test
    fun `an oversized value is refused, whatever it is for`() {
        val error = assertThrows<LinkException> { ConnectLink.parse(valid + ("more" to "x".repeat(100_000))) }
        assertEquals("more", error.parameter)
    }
}
