import type { GitpodEvent, RecordEvent } from '../events.ts';
import type { Faults } from '../faults.ts';
import type { Directory } from '../model/directory.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import { MSG } from '../ssh-wire/messages.ts';
import { boolean, raw, sshFields, sshMessage, uint32 } from '../ssh-wire/sshWriter.ts';
import { verifySignature } from '../ssh-wire/verifySignature.ts';
import { userSignatureAlgorithms } from './algorithms.ts';
import { type Credential, parseUserAuthRequest, type UserAuthRequest } from './userAuthRequest.ts';
import { parseSshUserName } from './userName.ts';

/** Whom the SSH gateway let in. */
export interface Admitted {
  readonly workspace: EmbeddedWorkspace;
  readonly debug: boolean;
}

export interface AuthenticationOptions {
  readonly directory: Directory;
  readonly faults: Faults;
  readonly record: RecordEvent;
  /** For a client that comes through a WebSocket: any user is let in by `none` or by any key, to this workspace. */
  readonly tunnel: Admitted | undefined;
  /** RFC 4253 §7.2: part of what a client signs. */
  readonly sessionId: Buffer;
  readonly send: (payload: Buffer) => void;
  readonly close: () => void;
  /** Closes after a denial. */
  readonly closeDenied: () => void;
  readonly onAdmitted: (admitted: Admitted) => void;
}

/**
 * `failed`: try again; `denied`: an empty list of methods, then the end; `accepted`; `acceptable`: the key would do;
 * `bad-signature`: the end without a message.
 */
type Verdict =
  | { readonly kind: 'failed' | 'denied' | 'bad-signature' }
  | { readonly kind: 'acceptable'; readonly algorithm: string; readonly blob: Buffer }
  | ({ readonly kind: 'accepted' } & Admitted);

const maxFailures = 6;
const disconnectProtocolError = 2;

/** User authentication as the SSH gateway does it on direct TCP (gitpod-wire §4.4 and its corrections). */
export class Authentication {
  readonly #options: AuthenticationOptions;
  #failures = 0;
  #noneRequests = 0;
  // Decided once for each connection: a key that is registered meanwhile is still refused.
  readonly #keyVerdicts = new Map<string, Verdict>();

  constructor(options: AuthenticationOptions) {
    this.#options = options;
  }

  /** Answers one USERAUTH_REQUEST. */
  handle(payload: Buffer): void {
    const request = parseUserAuthRequest(payload);
    if (request.service !== 'ssh-connection') {
      this.#options.close();
      return;
    }
    if (request.credential.method === 'none') this.#noneRequests += 1;
    this.#answer(request, this.#judge(request, payload));
  }

  #judge({ user, credential }: UserAuthRequest, payload: Buffer): Verdict {
    switch (credential.method) {
      case 'none':
        return this.#judgeNone(user);
      case 'password':
        return this.#judgePassword(user, credential.password);
      case 'publickey':
        return this.#judgePublicKey(user, credential, payload);
      case 'other':
        return { kind: 'failed' };
    }
  }

  #judgeNone(user: string): Verdict {
    if (this.#options.tunnel) return this.#judgeTunnel(this.#options.tunnel);
    const { id, ownerToken, debug } = parseSshUserName(user);
    const workspace = this.#runningWorkspace(id);
    if (!workspace) return { kind: 'denied' };
    if (ownerToken === undefined) return { kind: 'failed' };
    return ownerToken === workspace.ownerToken ? { kind: 'accepted', workspace, debug } : { kind: 'denied' };
  }

  #judgePassword(user: string, password: string): Verdict {
    const { whole, debug } = parseSshUserName(user);
    const workspace = this.#runningWorkspace(whole);
    if (!workspace) return { kind: 'denied' };
    if (this.#options.faults.rotateOwnerTokenAtNextPassword) {
      this.#options.faults.rotateOwnerTokenAtNextPassword = false;
      workspace.rotateOwnerToken();
    }
    return password === workspace.ownerToken ? { kind: 'accepted', workspace, debug } : { kind: 'failed' };
  }

  #judgePublicKey(user: string, credential: Credential & { readonly method: 'publickey' }, payload: Buffer): Verdict {
    const { algorithm, blob, signature } = credential;
    if (!isKnownAlgorithm(algorithm)) return { kind: 'failed' };
    const verdict = this.#keyVerdict(user, blob);
    if (signature && !this.#isSignedBy(blob, signature, payload)) return { kind: 'bad-signature' };
    if (verdict.kind !== 'accepted' || signature) return verdict;
    return { kind: 'acceptable', algorithm, blob };
  }

  #keyVerdict(user: string, blob: Buffer): Verdict {
    const key = `${user}\0${blob.toString('base64')}`;
    const known = this.#keyVerdicts.get(key);
    if (known) return known;
    const { whole, debug } = parseSshUserName(user);
    const workspace = this.#runningWorkspace(whole);
    const verdict: Verdict = this.#options.tunnel
      ? this.#judgeTunnel(this.#options.tunnel)
      : !workspace
        ? { kind: 'denied' }
        : workspace.owner.hasSshPublicKey(blob) && !this.#options.faults.refuseKeys
          ? { kind: 'accepted', workspace, debug }
          : { kind: 'failed' };
    this.#keyVerdicts.set(key, verdict);
    return verdict;
  }

  #judgeTunnel(tunnel: Admitted): Verdict {
    return this.#runningWorkspace(tunnel.workspace.id) ? { kind: 'accepted', ...tunnel } : { kind: 'denied' };
  }

  #isSignedBy(
    blob: Buffer,
    signature: { readonly blob: Buffer; readonly signedLength: number },
    payload: Buffer,
  ): boolean {
    const signed = sshFields(this.#options.sessionId, raw(payload.subarray(0, signature.signedLength)));
    return verifySignature(blob, signature.blob, signed);
  }

  #runningWorkspace(id: string): EmbeddedWorkspace | undefined {
    if (this.#options.faults.denySsh) return undefined;
    const workspace = this.#options.directory.findWorkspace(id);
    return workspace?.phase === 'running' && workspace.wasStarted ? workspace : undefined;
  }

  #answer(request: UserAuthRequest, verdict: Verdict): void {
    const { send, close } = this.#options;
    switch (verdict.kind) {
      case 'accepted':
        this.#record(request, 'accepted');
        send(sshMessage(MSG.USERAUTH_SUCCESS));
        this.#options.onAdmitted({ workspace: verdict.workspace, debug: verdict.debug });
        break;
      case 'acceptable':
        this.#record(request, 'key-acceptable');
        send(sshMessage(MSG.USERAUTH_PK_OK, verdict.algorithm, verdict.blob));
        break;
      case 'denied':
        this.#record(request, 'denied');
        send(sshMessage(MSG.USERAUTH_FAILURE, '', boolean(false)));
        this.#options.closeDenied();
        break;
      case 'bad-signature':
        this.#record(request, 'bad-signature');
        close();
        break;
      case 'failed':
        this.#answerFailure(request);
        break;
    }
  }

  /** The first `none` is free; the sixth failure is answered by a DISCONNECT instead. */
  #answerFailure(request: UserAuthRequest): void {
    const { send, close } = this.#options;
    const isFree = this.#failures === 0 && request.credential.method === 'none' && this.#noneRequests === 1;
    if (!isFree) this.#failures += 1;
    if (this.#failures < maxFailures) {
      this.#record(request, 'failed');
      send(sshMessage(MSG.USERAUTH_FAILURE, 'password,publickey', boolean(false)));
      return;
    }
    this.#record(request, 'too-many-failures');
    send(sshMessage(MSG.DISCONNECT, uint32(disconnectProtocolError), 'too many authentication failures', ''));
    close();
  }

  #record({ user, credential }: UserAuthRequest, outcome: (GitpodEvent & { kind: 'ssh-auth' })['outcome']): void {
    const method = credential.method === 'other' ? credential.name : credential.method;
    this.#options.record({ kind: 'ssh-auth', user: user.split('#')[0] ?? '', method, outcome });
  }
}

/** A certificate's algorithm counts as its key's. */
function isKnownAlgorithm(algorithm: string): boolean {
  const plain = (name: string) => name.replace('-cert-v01', '').replace('@openssh.com', '');
  return userSignatureAlgorithms.some((known) => plain(known) === plain(algorithm));
}
