package com.intellij.openapi.extensions;

import java.nio.file.Path;

/** PROVEN: open source. */
public interface PluginDescriptor {
    Path getPluginPath();

    String getVersion();
}
