package com.intellij.openapi.application;

/** PROVEN: open source; the method is inherited there. */
public interface Application {
    <T> T getService(Class<T> serviceClass);
}
