package com.intellij.openapi.application;

import com.intellij.openapi.util.BuildNumber;

/** PROVEN: open source. */
public abstract class ApplicationInfo {
    public static ApplicationInfo getInstance() {
        throw new UnsupportedOperationException();
    }

    public abstract BuildNumber getBuild();
}
