package com.intellij.ide.util;

/** PROVEN: open source. */
public abstract class PropertiesComponent {
    public static PropertiesComponent getInstance() {
        throw new UnsupportedOperationException();
    }

    public abstract String getValue(String name);

    public abstract void setValue(String name, String value);
}
