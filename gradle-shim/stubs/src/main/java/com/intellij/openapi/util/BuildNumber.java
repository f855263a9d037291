package com.intellij.openapi.util;

/** PROVEN: open source. */
public final class BuildNumber {
    public String asString() {
        throw new UnsupportedOperationException();
    }
}
