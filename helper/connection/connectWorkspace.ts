import type { Duplex } from 'node:stream';
import type { Accounts } from '../account/accounts.ts';
import { Failure, failure } from '../failures.ts';
import { pause } from '../platform/deadline.ts';
import type { Network } from '../platform/network/network.ts';
import type { Secret } from '../platform/secret.ts';
import { SshClientError } from '../ssh/client/sshClientError.ts';
import type { SshConnection } from '../ssh/client/sshConnection.ts';
import type { OpenSshEnvironment } from '../ssh/config/openSsh.ts';
import type { HostKey } from '../ssh/hostkeys/hostKey.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import { carryBackend } from './carryBackend.ts';
import { dialSshGateway } from './dialSshGateway.ts';
import type { ConnectEvent, ConnectPhase } from './events.ts';
import { fetchHostKeys } from './hostKeys.ts';
import { waitForBackend } from './joinLink/waitForBackend.ts';
import { LocalForward } from './localForward.ts';
import { type Attempt, carryOut, type RuledOut, ruledOutBy } from './methods.ts';
import { OwnerToken } from './ownerToken.ts';
import type { Plan, Route } from './plan.ts';
import { type PlanOptions, planWorkspace } from './planWorkspace.ts';
import type { Prompt, Prompts } from './prompts.ts';
import { reachableWorkspace, runningInstance } from './runningWorkspace.ts';
import { connectSshGateway } from './sshGateway.ts';
import { openWebSocketTunnel } from './webSocketTunnel.ts';
import type { WorkspaceAddress } from './workspaceAddress.ts';

/** What to connect. */
export interface ConnectRequest extends PlanOptions {
  readonly ref: WorkspaceRef;
  /** 0 for any free one. */
  readonly localPort: number;
  /** The IDE backend's own HTTP port; 0 for the usual one. */
  readonly backendPort: number;
  /** How long the IDE backend may take to come up. */
  readonly backendTimeoutMs: number;
}

/** What a connection is made with. */
export interface ConnectContext {
  readonly accounts: Accounts;
  readonly network: Network;
  readonly openSsh: OpenSshEnvironment;
  readonly sshPort: number;
  readonly prompts: Prompts;
}

/** The SSH gateway learns a moment later than the control plane that a workspace runs. */
const justStartedMs = 120_000;
const denialRetryForMs = 5_000;
const denialPauseMs = 500;

/**
 * Connects a local port to the workspace's IDE backend and carries bytes until the connection is lost.
 *
 * @returns why it ended.
 * @throws Failure when it could not be made; the signal's reason when aborted. Everything is released by then.
 */
export async function connectWorkspace(
  request: ConnectRequest,
  context: ConnectContext,
  emit: (event: ConnectEvent) => void,
  signal: AbortSignal,
): Promise<Failure> {
  const startedAt = performance.now();
  const connection = new ConnectionBeingMade(request, context, emit, signal);
  try {
    return await connection.run(startedAt);
  } finally {
    connection.abandonBackgroundWork();
  }
}

class ConnectionBeingMade {
  readonly #request: ConnectRequest;
  readonly #context: ConnectContext;
  readonly #emit: (event: ConnectEvent) => void;
  readonly #over = new AbortController();
  readonly #signal: AbortSignal;
  readonly #where: { host: string; workspaceId: string };

  constructor(
    request: ConnectRequest,
    context: ConnectContext,
    emit: (event: ConnectEvent) => void,
    signal: AbortSignal,
  ) {
    this.#request = request;
    this.#context = context;
    this.#emit = emit;
    this.#signal = AbortSignal.any([signal, this.#over.signal]);
    this.#where = { host: request.ref.installation.host, workspaceId: request.ref.workspaceId };
  }

  abandonBackgroundWork(): void {
    this.#over.abort(failure('CANCELLED', {}));
  }

  async run(startedAt: number): Promise<Failure> {
    const { ref, localPort } = this.#request;
    const controlPlane = this.#context.accounts.controlPlane(ref.installation);
    const backendClosed = Promise.withResolvers<void>();
    await using forward = await LocalForward.listen(localPort, (connection) => {
      if (connection.endedByRemote && connection.bytesFromRemote === 0) backendClosed.resolve();
    });

    this.#enter('RESOLVING', ref.workspaceId);
    const ownerToken = new OwnerToken(controlPlane, ref.workspaceId, this.#signal);
    const record = await controlPlane.getWorkspace(ref.workspaceId, this.#signal);
    const { instance, address } = reachableWorkspace(ref, record);

    // Neither depends on SSH: both run while the plan is made and the handshake goes on.
    const hostKeys = background(fetchHostKeys(address.origin, this.#context.network, this.#signal));
    background(ownerToken.get());

    this.#enter('PLANNING', '');
    const plan = await planWorkspace(ref, record, this.#request, this.#context, this.#signal);
    this.#emit({ kind: 'plan', plan });
    requireRoute(plan, this.#request);

    let sshIsUp = false;
    const backend = background(
      waitForBackend({
        ref,
        launcherOrigin: address.launcherOrigin,
        backendPort: this.#request.backendPort,
        timeoutMs: this.#request.backendTimeoutMs,
        startedAt: instance.startedAt,
        ownerToken,
        network: this.#context.network,
        signal: this.#signal,
        requireRunning: async () => {
          runningInstance(ref, await controlPlane.getWorkspace(ref.workspaceId, this.#signal));
        },
        onWaiting: (detail) => {
          if (sshIsUp) this.#enter('WAITING_FOR_BACKEND', detail);
        },
      }),
    );
    const established = await firstFailure(this.#connect(plan, address, ownerToken, hostKeys), backend);
    await using ssh = established.ssh;
    sshIsUp = true;
    this.#enter('WAITING_FOR_BACKEND', '');
    return await carryBackend({
      ref,
      ssh,
      route: established.route,
      backend,
      forward,
      backendClosed: backendClosed.promise,
      startedAt,
      emit: this.#emit,
      signal: this.#signal,
    });
  }

  /** Tries the plan's routes in their order, the next one only after a failure that may be the method's own fault. */
  async #connect(
    plan: Plan,
    address: WorkspaceAddress,
    ownerToken: OwnerToken,
    hostKeys: Promise<readonly HostKey[]>,
  ): Promise<{ ssh: SshConnection; route: Route }> {
    let current = plan;
    for (;;) {
      const route = current.routes.find(({ verdict }) => verdict === 'CHOSEN');
      if (route === undefined) throw new Error('a plan without a chosen route was to be carried out');
      try {
        return { route, ssh: await this.#connectBy(route, address, ownerToken, hostKeys) };
      } catch (error) {
        if (!(error instanceof Failure) || ruledOutBy(error) === 'everything') throw error;
        current = withoutRoute(current, route, ruledOutBy(error), error.message);
        if (!current.routes.some(({ verdict }) => verdict === 'CHOSEN')) throw error;
        this.#emit({ kind: 'plan', plan: current });
      }
    }
  }

  async #connectBy(
    route: Route,
    address: WorkspaceAddress,
    ownerToken: OwnerToken,
    hostKeys: Promise<readonly HostKey[]>,
  ): Promise<SshConnection> {
    const giveUpAt = performance.now() + denialRetryForMs;
    for (;;) {
      this.#enter('CONNECTING', `${route.method} to ${route.target}`);
      try {
        const attempt: Attempt = (authentication) =>
          connectSshGateway({
            sshHost: address.sshHost,
            sshPort: this.#context.sshPort,
            sshUser: address.sshUser,
            hostKeys,
            authentication,
            openStream: () => this.#openStream(route, address, ownerToken),
            signal: this.#signal,
            onAuthenticating: () => this.#enter('AUTHENTICATING', `as ${address.sshUser}`),
          });
        return await carryOut(route, this.#request.ref, ownerToken, attempt, (title) => this.#askPassphrase(title));
      } catch (error) {
        if (!(error instanceof SshClientError)) throw error;
        await this.#explainDenial(error, giveUpAt);
      }
    }
  }

  #openStream(route: Route, { sshHost, origin }: WorkspaceAddress, ownerToken: OwnerToken): Promise<Duplex> {
    const { network, sshPort } = this.#context;
    const { ref } = this.#request;
    switch (route.transport) {
      case 'TCP':
        return dialSshGateway(sshHost, sshPort, network, this.#signal);
      case 'WEBSOCKET':
        return openWebSocketTunnel({ ref, origin, ownerToken, network, signal: this.#signal });
    }
  }

  /**
   * An empty list of methods is only a hint (ssh-gateway-observed §1): the control plane knows more.
   * Returns when another attempt makes sense.
   */
  async #explainDenial(denial: SshClientError, giveUpAt: number): Promise<void> {
    const { ref } = this.#request;
    const controlPlane = this.#context.accounts.controlPlane(ref.installation);
    const instance = runningInstance(ref, await controlPlane.getWorkspace(ref.workspaceId, this.#signal));
    const age = instance.startedAt === undefined ? Number.POSITIVE_INFINITY : Date.now() - instance.startedAt.getTime();
    if (age > justStartedMs || performance.now() + denialPauseMs > giveUpAt) {
      throw failure('SSH_ACCESS_DENIED', this.#where, denial);
    }
    await pause(denialPauseMs, this.#signal);
  }

  #askPassphrase(title: string): Promise<Secret | undefined> {
    const show = (prompt: Prompt) => this.#emit({ kind: 'prompt', prompt });
    return this.#context.prompts.askSecret('KEY_PASSPHRASE', title, show, this.#signal);
  }

  #enter(phase: ConnectPhase, detail: string): void {
    this.#emit({ kind: 'phase', phase, detail });
  }
}

/** @throws Failure NO_MATCHING_KEY or NO_USABLE_METHOD with the reason of the method that was wanted. */
function requireRoute(plan: Plan, { ref, method, useLocalApp }: ConnectRequest): void {
  if (plan.routes.some(({ verdict }) => verdict === 'CHOSEN')) return;
  const wanted = useLocalApp ? 'LOCAL_COMPANION' : (method ?? 'SSH_GATEWAY_KEY');
  const reason = plan.routes.find((route) => route.method === wanted)?.reason ?? '';
  const code = method === 'SSH_GATEWAY_KEY' ? 'NO_MATCHING_KEY' : 'NO_USABLE_METHOD';
  throw failure(code, { host: ref.installation.host, workspaceId: ref.workspaceId, reason });
}

/** The plan after one of its routes has failed: the next one that is usable is chosen. */
function withoutRoute(plan: Plan, failed: Route, ruledOut: RuledOut, reason: string): Plan {
  const isOpen = ({ verdict }: Route) => verdict === 'CHOSEN' || verdict === 'USABLE';
  const isRuledOut = (route: Route) =>
    route === failed || (ruledOut === 'transport' && route.transport === failed.transport);
  const next = plan.routes.find((route) => isOpen(route) && !isRuledOut(route));
  const routes = plan.routes.map((route): Route => {
    if (isOpen(route) && isRuledOut(route)) return { ...route, verdict: 'REJECTED', reason };
    return route === next ? { ...route, verdict: 'CHOSEN' } : route;
  });
  return { ...plan, routes };
}

/** Lets a promise fail unobserved until somebody awaits it. */
function background<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Awaits `main`, but fails as soon as `other` does; a connection that comes too late is closed. */
async function firstFailure<T extends { ssh: SshConnection }>(main: Promise<T>, other: Promise<unknown>): Promise<T> {
  const failed = new Promise<never>((_, reject) => other.catch(reject));
  try {
    return await Promise.race([main, failed]);
  } catch (error) {
    main.then(({ ssh }) => ssh[Symbol.asyncDispose]()).catch(() => undefined);
    throw error;
  }
}
