import { type Failure, failure } from '../failures.ts';
import type { Secret } from '../platform/secret.ts';
import type { SshAuthentication } from '../ssh/client/authentication.ts';
import { SshClientError } from '../ssh/client/sshClientError.ts';
import type { SshConnection } from '../ssh/client/sshConnection.ts';
import { fingerprintSha256 } from '../ssh/identities/publicKey.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import { type AskSecret, keySigner } from './keySigner.ts';
import type { OwnerToken } from './ownerToken.ts';
import type { Route } from './plan.ts';

/** Makes one attempt with one credential; see connectSshGateway. */
type Attempt = (authentication: () => Promise<SshAuthentication>) => Promise<SshConnection>;

/** What the methods are carried out with. */
export interface Ways {
  readonly sshGateway: Attempt;
  /** See connectCompanion. */
  readonly companion: () => Promise<SshConnection>;
  /** Asks the user for the passphrase of the key, where the plan says that it will. */
  readonly ask: AskSecret;
}

/**
 * Carries out a route of the plan.
 *
 * @throws Failure KEY_REFUSED, KEY_NEEDS_PASSPHRASE, AGENT_FAILED or OWNER_TOKEN_REFUSED; SshClientError `authentication-denied` when the server
 *   names no method at all; or what the attempt throws.
 */
export function carryOut(
  route: Route,
  ref: WorkspaceRef,
  ownerToken: OwnerToken,
  { sshGateway, companion, ask }: Ways,
): Promise<SshConnection> {
  switch (route.method) {
    case 'SSH_GATEWAY_KEY':
      return byKey(route, ref, sshGateway, ask, (secret) => ownerToken.is(secret));
    case 'SSH_GATEWAY_OWNER_TOKEN':
      // Through the WebSocket the header has authenticated; inside it is always `none`.
      return route.transport === 'TCP'
        ? byOwnerToken(ref, ownerToken, sshGateway)
        : sshGateway(async () => ({ method: 'none' }));
    case 'LOCAL_COMPANION':
      return companion();
  }
}

/**
 * What of a plan a failure rules out: the route that failed, all routes of its transport, all that lead through the SSH
 * gateway, or everything.
 */
export type RuledOut = 'route' | 'transport' | 'ssh-gateway' | 'everything';

/**
 * The next route follows only on a failure that could be the fault of the one before: of its credential, its transport,
 * or of an SSH gateway that is off or broken. Never on a host key that is not the right one.
 */
export function ruledOutBy({ code }: Failure): RuledOut {
  switch (code) {
    case 'KEY_REFUSED':
    case 'AGENT_FAILED':
      return 'route';
    case 'PORT_22_BLOCKED':
    case 'SSH_PROTOCOL_ERROR':
    case 'TUNNEL_REFUSED':
    case 'PROXY_FAILED':
      return 'transport';
    case 'HOST_KEYS_UNAVAILABLE':
    case 'SSH_ACCESS_DENIED':
      return 'ssh-gateway';
    default:
      return 'everything';
  }
}

async function byKey(
  route: Route,
  ref: WorkspaceRef,
  attempt: Attempt,
  ask: AskSecret,
  isOwnerToken: (secret: Secret) => Promise<boolean>,
): Promise<SshConnection> {
  const signer = await keySigner(route.identity, ask, isOwnerToken);
  const fingerprint = fingerprintSha256(signer.publicKey.blob);
  try {
    return await attempt(async () => ({ method: 'publickey', signer }));
  } catch (error) {
    if (!(error instanceof SshClientError)) throw error;
    const where = { host: ref.installation.host, workspaceId: ref.workspaceId };
    if (error.kind === 'authentication-refused') throw failure('KEY_REFUSED', { ...where, fingerprint }, error);
    if (error.kind === 'signing') throw failure('AGENT_FAILED', { fingerprint }, error);
    throw error;
  }
}

/** The token may have been replaced since it was fetched: refused once, it is fetched anew once. */
async function byOwnerToken(ref: WorkspaceRef, ownerToken: OwnerToken, attempt: Attempt): Promise<SshConnection> {
  let sent: Secret | undefined;
  const authenticate = (token: () => Promise<Secret>) =>
    attempt(async () => {
      sent = await token();
      return { method: 'password', password: sent };
    });
  try {
    return await authenticate(() => ownerToken.get());
  } catch (error) {
    const replacement = isRefusal(error) && sent !== undefined ? await ownerToken.replacementFor(sent) : undefined;
    if (replacement === undefined) throw tokenFailure(error, ref);
    return await authenticate(async () => replacement).catch((again: unknown) => {
      throw tokenFailure(again, ref);
    });
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof SshClientError && error.kind === 'authentication-refused';
}

function tokenFailure(error: unknown, ref: WorkspaceRef): unknown {
  if (!isRefusal(error)) return error;
  return failure('OWNER_TOKEN_REFUSED', { host: ref.installation.host, workspaceId: ref.workspaceId }, error);
}
