import { networkFailure } from '../../account/networkFailure.ts';
import { Failure, failure } from '../../failures.ts';
import { log } from '../../log.ts';
import { Deadline, pause } from '../../platform/deadline.ts';
import type { HttpResponse } from '../../platform/network/httpAnswer.ts';
import type { Network } from '../../platform/network/network.ts';
import type { WorkspaceRef } from '../../workspaces/workspace.ts';
import type { OwnerToken } from '../ownerToken.ts';
import { type BackendStatus, MalformedJoinLinkError, parseBackendStatus } from './joinLink.ts';

/** Where and how long to ask. */
export interface BackendWait {
  readonly ref: WorkspaceRef;
  readonly launcherOrigin: string;
  /** The backend's own HTTP port inside the workspace; 0 for the launcher's default. */
  readonly backendPort: number;
  /** How long the backend may take to come up. */
  readonly timeoutMs: number;
  /** Until this long after its start, a workspace may not have its launcher yet. */
  readonly startedAt: Date | undefined;
  readonly ownerToken: OwnerToken;
  readonly network: Network;
  readonly signal: AbortSignal;
  /** @throws Failure when the workspace does not run any more. */
  readonly requireRunning: () => Promise<void>;
  /** Called before each new wait with what the launcher said. */
  readonly onWaiting: (detail: string) => void;
}

const requestTimeoutMs = 15_000;
const maxBodyBytes = 64 * 1024;
const firstPauseMs = 250;
const longestPauseMs = 5_000;
const launcherStartMs = 15_000;

/**
 * Asks the workspace's JetBrains launcher for the join link until the backend is up (gitpod-wire §6: 503 meanwhile).
 *
 * @throws Failure BACKEND_NOT_READY, BACKEND_NOT_CONFIGURED, JOIN_LINK_INVALID, OWNER_TOKEN_REFUSED, WORKSPACE_NOT_FOUND,
 *   or that of the network; or the signal's reason.
 */
export async function waitForBackend(wait: BackendWait): Promise<BackendStatus> {
  const giveUpAt = performance.now() + wait.timeoutMs;
  let problem = 'it did not answer';
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    const answer = await ask(wait);
    if (!('retryBecause' in answer)) return answer;
    problem = answer.retryBecause;
    if (performance.now() + pauseMs > giveUpAt) break;
    wait.onWaiting(problem);
    await pause(pauseMs, wait.signal);
  }
  throw failure('BACKEND_NOT_READY', { ...where(wait), problem });
}

type Answer = BackendStatus | { readonly retryBecause: string };

async function ask(wait: BackendWait): Promise<Answer> {
  const token = await wait.ownerToken.get();
  const response = await get(wait, token.reveal());
  if (response instanceof Failure) return retryOrThrow(response);
  if (response.status !== 401 && response.status !== 403) return await interpret(response, wait);
  const replacement = await wait.ownerToken.replacementFor(token);
  if (replacement === undefined) throw failure('OWNER_TOKEN_REFUSED', where(wait));
  return { retryBecause: 'the owner token was replaced' };
}

async function get(wait: BackendWait, ownerToken: string): Promise<HttpResponse | Failure> {
  const url = new URL('/joinLink2', wait.launcherOrigin);
  if (wait.backendPort !== 0) url.searchParams.set('backendPort', String(wait.backendPort));
  using deadline = new Deadline('asking for the join link', requestTimeoutMs, wait.signal);
  try {
    const headers = { 'x-gitpod-owner-token': ownerToken };
    return await wait.network.get(url, { headers, signal: deadline.signal, maxBodyBytes });
  } catch (error) {
    wait.signal.throwIfAborted();
    return networkFailure(error, url.host);
  }
}

/** A network that fails for a moment is waited out like a backend that boots; a certificate or a login is not. */
function retryOrThrow(networkProblem: Failure): Answer {
  if (networkProblem.code === 'TLS_UNTRUSTED' || networkProblem.code === 'PROXY_AUTH_REQUIRED') throw networkProblem;
  log.info('connection.join_link_unreachable', { error: networkProblem });
  return { retryBecause: 'its launcher cannot be reached' };
}

async function interpret({ status, contentType, body }: HttpResponse, wait: BackendWait): Promise<Answer> {
  if (status === 200) return interpretLink(body, wait);
  if (status >= 500) return { retryBecause: 'the IDE is still starting' };
  if (status !== 404) {
    throw failure('JOIN_LINK_INVALID', { ...where(wait), problem: `the launcher answered with HTTP ${status}` });
  }
  // ws-proxy: an empty 404 is an unknown workspace, a page one whose port nobody listens on (ssh-gateway-observed §2, 12).
  if (!contentType.startsWith('text/html')) {
    await wait.requireRunning();
    return { retryBecause: 'the workspace is not reachable yet' };
  }
  const sinceStartMs = wait.startedAt === undefined ? Number.POSITIVE_INFINITY : Date.now() - wait.startedAt.getTime();
  if (sinceStartMs < launcherStartMs) return { retryBecause: 'the workspace has just started' };
  throw failure('BACKEND_NOT_CONFIGURED', where(wait));
}

function interpretLink(body: string, wait: BackendWait): BackendStatus {
  try {
    return parseBackendStatus(body);
  } catch (error) {
    if (!(error instanceof MalformedJoinLinkError)) throw error;
    throw failure('JOIN_LINK_INVALID', { ...where(wait), problem: error.message }, error);
  }
}

function where({ ref }: BackendWait): { host: string; workspaceId: string } {
  return { host: ref.installation.host, workspaceId: ref.workspaceId };
}
