package com.intellij.credentialStore;

/** PROVEN: open source. */
public interface CredentialStore {
    Credentials get(CredentialAttributes attributes);

    void set(CredentialAttributes attributes, Credentials credentials);
}
