import { PublishedHostKeys } from '../connection/hostKeys.ts';
import { OwnerToken } from '../connection/ownerToken.ts';
import type { ConnectionMethod, ConnectionTransport, Route } from '../connection/plan.ts';
import { executePlan } from '../connection/planExecution.ts';
import { reachableWorkspace } from '../connection/reachableWorkspace.ts';
import { TransportMemory } from '../connection/transportMemory.ts';
import { Failure, failure } from '../failures.ts';
import { SshClientError } from '../ssh/client/sshClientError.ts';
import type { SshConnection } from '../ssh/client/sshConnection.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import type { Examination } from './examination.ts';
import { askSshPort } from './sshPort.ts';

/** One way in. */
export interface RouteName {
  readonly method: ConnectionMethod;
  readonly transport: ConnectionTransport;
}

/** What became of an attempt to get in by one route. */
export type RouteAttempt =
  | { readonly outcome: 'reached'; readonly steps: readonly string[]; readonly elapsedMs: number }
  | { readonly outcome: 'failed'; readonly failure: Failure }
  /** The plan does not take it. */
  | { readonly outcome: 'not-tried'; readonly reason: string };

/** A port in every workspace, that of its supervisor (gitpod-wire §5). Whether it answers does not matter. */
const anyPort = 22_999;
const channelTimeoutMs = 10_000;

/** Gets into the workspace by one route, up to a first channel, and closes again. Each route is tried once. */
export function attemptRoute(examination: Examination, ref: WorkspaceRef, name: RouteName): Promise<RouteAttempt> {
  return examination.fact(`route ${name.method} ${name.transport}`, async () => {
    const plan = await examination.plan();
    const route = plan.routes.find(({ method, transport }) => method === name.method && transport === name.transport);
    if (route === undefined) return { outcome: 'not-tried', reason: 'the plan does not have it' };
    if (route.verdict !== 'CHOSEN' && route.verdict !== 'USABLE') return { outcome: 'not-tried', reason: route.reason };
    try {
      return await attempt(examination, ref, route);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { outcome: 'failed', failure: error };
    }
  });
}

async function attempt(examination: Examination, ref: WorkspaceRef, route: Route): Promise<RouteAttempt> {
  const { core, signal } = examination.subject;
  const { address } = reachableWorkspace(ref, await examination.workspace());
  if (route.transport === 'TCP') await askSshPort(examination, address); // a port that stalls is waited for once
  const startedAt = performance.now();
  const steps: string[] = [];
  let stepAt = startedAt;
  const step = (name: string) => {
    const now = performance.now();
    steps.push(`${name} ${Math.round(now - stepAt)} ms`);
    stepAt = now;
  };
  const { ssh } = await executePlan({
    plan: { ...(await examination.plan()), routes: [{ ...route, verdict: 'CHOSEN' }] },
    address,
    ownerToken: new OwnerToken(core.context.accounts.controlPlane(ref.installation), ref.workspaceId, signal),
    hostKeys: new PublishedHostKeys(address.origin, core.context.network, signal),
    context: { ...core.context, transports: new TransportMemory() }, // what is tried here tells nothing of what is best
    emit: (event) => {
      if (event.kind === 'phase' && event.phase === 'AUTHENTICATING') step('connection and key exchange');
    },
    signal,
  });
  await using connection = ssh;
  step('authentication');
  await openAnyChannel(connection, ref, signal);
  step('channel');
  return { outcome: 'reached', steps, elapsedMs: Math.round(performance.now() - startedAt) };
}

/** Authentication says little: the SSH gateway accepts before it has reached the workspace (ssh-gateway-observed §1). */
async function openAnyChannel(ssh: SshConnection, ref: WorkspaceRef, signal: AbortSignal): Promise<void> {
  const where = { host: ref.installation.host, workspaceId: ref.workspaceId };
  try {
    const channel = await ssh.openDirectTcpip('127.0.0.1', anyPort, { timeoutMs: channelTimeoutMs, signal });
    channel.destroy();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof SshClientError)) throw error;
    if (error.kind === 'channel-refused') return; // the workspace has answered
    throw failure(error.kind === 'silent' ? 'WORKSPACE_SSH_SILENT' : 'WORKSPACE_SSH_DOWN', where, error);
  }
}
