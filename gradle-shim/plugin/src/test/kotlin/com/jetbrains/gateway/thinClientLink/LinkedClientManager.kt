package com.jetbrains.gateway.thinClientLink

import io.gitpod.helper.shim.support.StandInClientManager

/** Has the name and the companion of JetBrains Gateway's class, and a manager of the test's behind it. */
class LinkedClientManager {
    companion object {
        @Volatile
        lateinit var manager: StandInClientManager

        fun getInstance(): Any = manager
    }
}
