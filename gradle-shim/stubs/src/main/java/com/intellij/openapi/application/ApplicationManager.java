package com.intellij.openapi.application;

/** PROVEN: open source. */
public class ApplicationManager {
    public static Application getApplication() {
        throw new UnsupportedOperationException();
    }
}
