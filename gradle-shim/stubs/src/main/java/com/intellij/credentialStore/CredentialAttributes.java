package com.intellij.credentialStore;

/** PROVEN: open source. */
public final class CredentialAttributes {
    public CredentialAttributes(String serviceName, String userName) {}
}
