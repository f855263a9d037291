package io.gitpod.helper.shim.life

/** An operating system and processor, by the names that Node's own downloads have. */
data class Platform(val os: String, val arch: String) {
    /** The directory below `node/` with the runtime for it. */
    val directory: String get() = "$os-$arch"

    /** Where the runtime is in that directory. */
    val executable: String get() = if (os == "win") "bin/node.exe" else "bin/node"

    companion object {
        /** This machine's. Windows on ARM runs the program for x64: there is none of its own. */
        fun current(): Platform = of(System.getProperty("os.name"), System.getProperty("os.arch"))

        /** By the values that Java gives its properties `os.name` and `os.arch`. */
        fun of(osName: String, osArch: String): Platform {
            val os = when {
                osName.startsWith("Windows") -> "win"
                osName.startsWith("Mac") -> "darwin"
                else -> "linux"
            }
            val arm = osArch == "aarch64" || osArch == "arm64"
            return Platform(os, if (arm && os != "win") "arm64" else "x64")
        }
    }
}
