package com.intellij.util.net;

import com.intellij.credentialStore.Credentials;

/** PROVEN: open source since 2024.3. */
public interface ProxyCredentialStore {
    static ProxyCredentialStore getInstance() {
        throw new UnsupportedOperationException();
    }

    Credentials getCredentials(String host, int port);
}
