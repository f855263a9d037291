package com.intellij.openapi.options;

/** PROVEN: open source. */
public class ConfigurationException extends Exception {
    public ConfigurationException(String message) {
        super(message);
    }
}
