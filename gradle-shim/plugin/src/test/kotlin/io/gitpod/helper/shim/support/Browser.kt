package io.gitpod.helper.shim.support

import org.junit.jupiter.api.Assertions.assertEquals

/** A browser in which the main user is signed in: opens the page of a sign-in, and agrees. */
fun Installation.agreeInBrowser(page: String) {
    val options = listOf("--host", gitpod.host, "--ca-file", gitpod.caFile, "--session", gitpod.session, page)
    supportScript("browser.ts", *options.toTypedArray()).use { assertEquals("200", it.line) }
}
