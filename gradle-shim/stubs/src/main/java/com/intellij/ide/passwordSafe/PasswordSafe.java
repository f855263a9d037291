package com.intellij.ide.passwordSafe;

import com.intellij.credentialStore.CredentialStore;

/** PROVEN: open source. */
public abstract class PasswordSafe implements CredentialStore {
    public static PasswordSafe getInstance() {
        throw new UnsupportedOperationException();
    }
}
