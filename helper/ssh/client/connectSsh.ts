import type { Duplex } from 'node:stream';
import type { AnyAuthMethod, AuthHandlerMiddleware, Client } from 'ssh2';
import { isLogged } from '../../log.ts';
import type { SshAuthentication } from './authentication.ts';
import { endWhenSilent } from './endWhenSilent.ts';
import { sendAuthenticationEarly } from './fewerRoundTrips.ts';
import { ping } from './ping.ts';
import { singleKeyAgent } from './singleKeyAgent.ts';
import { SshClientError } from './sshClientError.ts';
import { SshConnection } from './sshConnection.ts';
import { traceSsh } from './sshTrace.ts';

/** Nobody is asked before the host key is there: it takes three round trips. */
const keyExchangeTimeoutMs = 10_000;

/** What a connection needs. */
export interface SshConnectOptions {
  /** What carries SSH, connected already and with Nagle's algorithm off; belongs to the connection from here on. */
  readonly stream: Duplex;
  readonly user: string;
  /** Asked once, at the earliest when the server's host key was accepted. A rejection ends the attempt. */
  readonly authentication: () => Promise<SshAuthentication>;
  /** Resolves when the server's key (its blob) can be trusted; its rejection is the `cause` of the `host-key` error. */
  readonly verifyHostKey: (blob: Buffer) => Promise<void>;
  /** Called when the key exchange is done and authentication begins. */
  readonly onAuthenticating?: () => void;
  /** How long everything up to USERAUTH_SUCCESS may take. */
  readonly handshakeTimeoutMs: number;
  /**
   * `keepalive@openssh.com` is sent this often while it is not answered; the connection ends when nothing has arrived in
   * which `keepaliveCountMax` of them should have been answered.
   */
  readonly keepaliveIntervalMs: number;
  readonly keepaliveCountMax: number;
  readonly signal: AbortSignal;
}

/**
 * Speaks SSH over a stream until authentication has succeeded. One method, tried once.
 *
 * @throws SshClientError, or the signal's reason. The stream is destroyed then.
 */
export async function connectSsh(options: SshConnectOptions): Promise<SshConnection> {
  const { default: ssh2 } = await import('ssh2');
  const { default: ssh2Package } = await import('ssh2/package.json', { with: { type: 'json' } });
  options.signal.throwIfAborted();

  const client = new ssh2.Client();
  const trace = isLogged('debug') ? traceSsh() : undefined;
  const authentication = async () => {
    const credential = await options.authentication();
    trace?.offering(options.user, credential);
    return credential;
  };
  const attempt = new Attempt(client, () => ping(client, ssh2Package.version));
  const abort = () => attempt.fail(options.signal.reason);
  const keyExchangeTimer = setTimeout(() => {
    attempt.fail(new SshClientError('silent', `no host key within ${keyExchangeTimeoutMs} ms`));
  }, keyExchangeTimeoutMs);
  options.signal.addEventListener('abort', abort, { once: true });
  try {
    let early = false;
    const authHandler: AuthHandlerMiddleware = (methods, _partialSuccess, next) => {
      if (attempt.authenticationBegun) {
        attempt.methodsNamed = methods;
        return false; // nothing more to try: ssh2 then fails the attempt
      }
      attempt.authenticationBegun = true;
      if (early) next({ type: 'none', username: options.user });
      else
        stockAuthentication(ssh2, { ...options, authentication }).then(next, (error) =>
          attempt.fail(signingError(error)),
        );
      return undefined;
    };
    client.connect({
      sock: options.stream,
      username: options.user,
      authHandler,
      hostVerifier: (blob: Buffer, accept: (trusted: boolean) => void) => {
        clearTimeout(keyExchangeTimer);
        trace?.hostKey(blob);
        options.verifyHostKey(blob).then(
          () => accept(true),
          (error) => {
            attempt.hostKeyProblem = { cause: error };
            accept(false);
          },
        );
      },
      readyTimeout: options.handshakeTimeoutMs,
      keepaliveInterval: options.keepaliveIntervalMs,
      keepaliveCountMax: Number.POSITIVE_INFINITY,
      ...(trace === undefined ? {} : { debug: trace.message }),
    });
    const silenceLimitMs = options.keepaliveIntervalMs * (options.keepaliveCountMax + 1);
    if (silenceLimitMs > 0) client.once('ready', () => endWhenSilent(client, options.stream, silenceLimitMs));
    early = sendAuthenticationEarly(client, {
      ssh2Version: ssh2Package.version,
      user: options.user,
      authentication,
      signal: options.signal,
      onFailure: (error) => attempt.fail(signingError(error)),
    });
    client.once('handshake', () => {
      attempt.handshakeDone = true;
      options.onAuthenticating?.();
    });
    return await attempt.result;
  } catch (error) {
    client.destroy();
    options.stream.destroy();
    throw error;
  } finally {
    clearTimeout(keyExchangeTimer);
    options.signal.removeEventListener('abort', abort);
  }
}

/** What is known of an attempt while it goes on, and its one outcome. */
class Attempt {
  readonly result: Promise<SshConnection>;
  handshakeDone = false;
  authenticationBegun = false;
  methodsNamed: readonly string[] | undefined;
  hostKeyProblem: { readonly cause: unknown } | undefined;
  readonly #reject: (error: unknown) => void;

  constructor(client: Client, sendPing: () => Promise<void> | undefined) {
    const { promise, resolve, reject } = Promise.withResolvers<SshConnection>();
    this.result = promise;
    promise.catch(() => undefined); // ssh2's connect may throw before anybody awaits the outcome
    this.#reject = reject;
    client.once('ready', () => resolve(new SshConnection(client, sendPing)));
    // Stays: ssh2 may say more than one error, as when its own DISCONNECT meets a closed socket. The first one counts.
    client.on('error', (error: Error & { level?: string }) => reject(this.#explain(error)));
    client.once('close', () => reject(this.#closedEarly()));
  }

  fail(error: unknown): void {
    this.#reject(error);
  }

  #explain(error: Error & { level?: string; code?: unknown }): SshClientError {
    if (this.hostKeyProblem !== undefined) {
      return new SshClientError('host-key', 'the host key was not accepted', this.hostKeyProblem.cause);
    }
    switch (error.level) {
      case 'client-authentication':
        return this.#refused(error);
      case 'client-timeout':
        return new SshClientError('silent', error.message, error);
      case 'handshake':
        return new SshClientError('handshake', error.message, error);
      case 'protocol':
        return new SshClientError('not-ssh', error.message, error);
      default:
        // DISCONNECT during authentication is how a server says "too many failures" (RFC 4253 §11.1).
        return this.handshakeDone ? this.#refused(error) : new SshClientError('not-ssh', error.message, error);
    }
  }

  #refused(error: Error): SshClientError {
    return this.methodsNamed === undefined || this.methodsNamed.length === 0
      ? new SshClientError('authentication-denied', 'the server names no method it would take', error)
      : new SshClientError('authentication-refused', `the server would take ${this.methodsNamed.join(', ')}`, error);
  }

  #closedEarly(): SshClientError {
    return this.handshakeDone
      ? new SshClientError('authentication-denied', 'the server closed the connection while authenticating')
      : new SshClientError('not-ssh', 'the server closed the connection before the key exchange was done');
  }
}

async function stockAuthentication(ssh2: typeof import('ssh2'), options: SshConnectOptions): Promise<AnyAuthMethod> {
  const authentication = await options.authentication();
  const username = options.user;
  switch (authentication.method) {
    case 'none':
      return { type: 'none', username };
    case 'password':
      return { type: 'password', username, password: authentication.password.reveal() };
    case 'publickey':
      return { type: 'agent', username, agent: singleKeyAgent(ssh2.BaseAgent, authentication.signer, options.signal) };
  }
}

function signingError(error: unknown): unknown {
  return error instanceof SshClientError ? error : new SshClientError('signing', 'there is nothing to send', error);
}
