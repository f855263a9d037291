package com.intellij.openapi;

/** PROVEN: open source. */
public interface Disposable {
    void dispose();
}
