package com.intellij.ide.plugins.cl;

import com.intellij.openapi.extensions.PluginDescriptor;

/** PROVEN: open source; JetBrains' documentation names this cast as the way to one's own descriptor. */
public interface PluginAwareClassLoader {
    PluginDescriptor getPluginDescriptor();
}
