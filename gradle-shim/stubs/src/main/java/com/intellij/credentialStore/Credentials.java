package com.intellij.credentialStore;

/** PROVEN: open source. */
public final class Credentials {
    public Credentials(String user, String password) {}

    public String getUserName() {
        throw new UnsupportedOperationException();
    }

    public String getPasswordAsString() {
        throw new UnsupportedOperationException();
    }
}
