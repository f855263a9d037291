package io.gitpod.helper.shim

/** What OpenSSH, and Node where it looks for directories and programs, go by. */
private val forPrograms = setOf(
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TZ", "LANG", "LANGUAGE", "TMPDIR", "SSH_AUTH_SOCK",
    "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME",
)

/** Without these, programs on Windows do not start or find no profile. */
private val forWindows = setOf(
    "SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "TEMP", "TMP", "USERNAME", "USERPROFILE", "HOMEDRIVE", "HOMEPATH",
    "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES",
)

/** What the helper itself reads; its proxy is the environment's unless Initialize names one. */
private val forHelper = setOf("GITPOD_HELPER_LOG", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")

private val allowed = forPrograms + forWindows + forHelper

/**
 * The environment a helper gets: what is on the list, and nothing else of [inherited]. Tokens of other programs stay
 * out, and so do NODE_OPTIONS and NODE_EXTRA_CA_CERTS, which change or slow down Node. Names count without their case, as
 * Windows has them and as proxies are named.
 */
fun helperEnvironment(inherited: Map<String, String> = System.getenv()): Map<String, String> =
    inherited.filterKeys { name -> name.uppercase().let { it in allowed || it.startsWith("LC_") } }
