import type { Secret } from '../../platform/secret.ts';

/** The keychains that are known, by the program of the operating system that leads to them. */
export const keychainNames = ['secret-tool', 'security', 'powershell'] as const;
/** One of them. */
export type KeychainName = (typeof keychainNames)[number];

/** There is no keychain on this machine, although its program is there. */
export class NoKeychainError extends Error {
  override readonly name = 'NoKeychainError';
}

/** The operating system's keychain, by the program that the system ships for it. Secrets go over standard input only. */
export interface Keychain {
  readonly name: KeychainName;
  /**
   * Keeps a token in place of an earlier one.
   *
   * @returns what must be kept beside it to get the token back; nothing secret, and '' for most.
   * @throws Failure KEYCHAIN_FAILED, NoKeychainError, or the signal's reason.
   */
  keep(host: string, token: Secret, signal: AbortSignal): Promise<string>;
  /** The token that was kept. @throws Failure KEYCHAIN_FAILED, or the signal's reason. */
  read(host: string, sealed: string, signal: AbortSignal): Promise<Secret>;
  /** Removes the token, which may be gone already. @throws Failure KEYCHAIN_FAILED, or the signal's reason. */
  forget(host: string, signal: AbortSignal): Promise<void>;
}

/** What all tokens are kept under. */
export const serviceName = 'gitpod-helper';
