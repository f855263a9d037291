package com.intellij.ide;

/** PROVEN: open source. */
public final class BrowserUtil {
    public static void browse(String url) {
        throw new UnsupportedOperationException();
    }
}
