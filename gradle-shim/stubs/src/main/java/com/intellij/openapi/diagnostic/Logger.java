package com.intellij.openapi.diagnostic;

/** PROVEN: open source. */
public abstract class Logger {
    public static Logger getInstance(Class<?> category) {
        throw new UnsupportedOperationException();
    }

    public abstract void info(String message);

    public abstract void warn(String message, Throwable cause);
}
