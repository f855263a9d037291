import type { Duplex } from 'node:stream';
import { Failure, failure } from '../failures.ts';
import { log } from '../log.ts';
import { DeadlineError, pause } from '../platform/deadline.ts';
import type { Secret } from '../platform/secret.ts';
import { SshClientError } from '../ssh/client/sshClientError.ts';
import type { SshConnection } from '../ssh/client/sshConnection.ts';
import { runningInstance } from '../workspaces/runningInstance.ts';
import { connectCompanion } from './companion/connectCompanion.ts';
import type { ConnectContext } from './connectWorkspace.ts';
import { dialByUserProxy } from './dialByUserProxy.ts';
import { dialSshGateway } from './dialSshGateway.ts';
import type { ConnectEvent, ConnectPhase } from './events.ts';
import type { PublishedHostKeys } from './hostKeys.ts';
import { carryOut, ruledOutBy, type Ways } from './methods.ts';
import type { OwnerToken } from './ownerToken.ts';
import type { ConnectionTransport, Plan, Route } from './plan.ts';
import { choosing, chosenRoute, leadsThroughSshGateway, withoutRoute } from './planRevision.ts';
import type { Prompt } from './prompts.ts';
import { NobodyWonError, type Racer, race } from './race.ts';
import { connectSshGateway } from './sshGateway.ts';
import { stalledTransport } from './stalledTransport.ts';
import { openWebSocketTunnel } from './webSocketTunnel.ts';
import type { WorkspaceAddress } from './workspaceAddress.ts';

/** A plan, and what it is carried out with. */
export interface PlanToExecute {
  readonly plan: Plan;
  readonly address: WorkspaceAddress;
  readonly ownerToken: OwnerToken;
  readonly hostKeys: PublishedHostKeys;
  readonly context: ConnectContext;
  readonly emit: (event: ConnectEvent) => void;
  readonly signal: AbortSignal;
}

/** How long the transport that goes first has before the other one starts. */
const headStartMs = 250;

/** The SSH gateway learns a moment later than the control plane that a workspace runs. */
const justStartedMs = 120_000;
const denialRetryForMs = 5_000;
const denialPauseMs = 500;

/**
 * Carries out a plan: its transports race for the SSH identification string, and the methods follow each other, the next
 * one only after a failure that may be the fault of the one before. Each change of the plan is told.
 *
 * @returns the connection and the route it took.
 * @throws Failure, or the signal's reason.
 */
export async function executePlan(
  execution: PlanToExecute,
): Promise<{ readonly ssh: SshConnection; readonly route: Route }> {
  return new PlanExecution(execution).run();
}

class PlanExecution {
  readonly #execution: PlanToExecute;
  #plan: Plan;
  /** What the race has opened, for the first attempt. */
  #opened: Duplex | undefined;
  /** Why the route before did not do. */
  #lastFailure: Failure | undefined;

  constructor(execution: PlanToExecute) {
    this.#execution = execution;
    this.#plan = execution.plan;
  }

  async run(): Promise<{ readonly ssh: SshConnection; readonly route: Route }> {
    try {
      await this.#raceTransports();
      for (;;) {
        const route = chosenRoute(this.#plan);
        try {
          const ssh = await this.#connectBy(route);
          if (leadsThroughSshGateway(route)) {
            this.#execution.context.transports.remember(clusterOf(this.#execution.address), route.transport);
          }
          return { ssh, route };
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          this.#goOnWithout(route, error);
        }
      }
    } finally {
      this.#opened?.destroy();
    }
  }

  /** @throws the failure that says most when everything is ruled out, or nothing is left to try. */
  #goOnWithout(route: Route, failed: Failure): void {
    const ruledOut = ruledOutBy(failed);
    if (ruledOut === 'everything') throw failed;
    this.#plan = withoutRoute(this.#plan, route, ruledOut, failed.message);
    if (!this.#plan.routes.some(({ verdict }) => verdict === 'CHOSEN')) {
      log.info('connection.last_route_failed', { method: route.method, code: failed.code, cause: failed.cause });
      // That the legacy way is closed as well is no help to whoever has a problem with the SSH gateway.
      throw leadsThroughSshGateway(route) ? failed : (this.#lastFailure ?? failed);
    }
    this.#lastFailure = failed;
    this.#execution.emit({ kind: 'plan', plan: this.#plan });
  }

  /** Both transports are tried when the plan has routes over both; the one that answers first decides. */
  async #raceTransports(): Promise<void> {
    const first = chosenRoute(this.#plan);
    const other = this.#plan.routes.find(
      (route) => route.verdict === 'USABLE' && route.transport !== first.transport && leadsThroughSshGateway(route),
    );
    if (other === undefined) return;
    const { address, context, signal } = this.#execution;
    const routes = context.transports.recall(clusterOf(address)) === other.transport ? [other, first] : [first, other];
    const [one, two] = routes.map((route) => this.#racer(route));
    if (one === undefined || two === undefined) return;
    try {
      const { racer, stream, otherFailure } = await race([one, two], headStartMs, signal);
      this.#opened = stream;
      if (racer.route === first) return;
      this.#plan =
        otherFailure instanceof Failure
          ? withoutRoute(this.#plan, first, 'transport', otherFailure.message)
          : choosing(this.#plan, racer.route);
      this.#execution.emit({ kind: 'plan', plan: this.#plan });
    } catch (error) {
      if (!(error instanceof NobodyWonError)) throw error;
      const losers = [one, two].map(({ route }, index) => ({
        route,
        failed: this.#raceFailure(route, error.reasons[index]),
      }));
      const tcp = losers.find(({ route }) => route.transport === 'TCP');
      const webSocket = losers.find(({ route }) => route.transport === 'WEBSOCKET');
      if (tcp === undefined || webSocket === undefined) throw error;
      this.#plan = withoutRoute(this.#plan, tcp.route, 'transport', tcp.failed.message);
      // The WebSocket's reason says more: it knows the workspace, while a port just does not answer.
      this.#goOnWithout(webSocket.route, webSocket.failed);
    }
  }

  /** What a way that lost the race has shown, for a person. */
  #raceFailure({ transport }: Route, reason: unknown): Failure {
    if (reason instanceof Failure) return reason;
    const { address, context } = this.#execution;
    if (reason instanceof DeadlineError) return stalledTransport(transport, address, context.sshPort, reason);
    const { sshHost: host } = address;
    return failure('SSH_PROTOCOL_ERROR', { host, problem: 'it closed the connection before any key exchange' }, reason);
  }

  #racer(route: Route): Racer & { readonly route: Route } {
    const open = (signal: AbortSignal) => {
      this.#enter('CONNECTING', `${route.method} to ${route.target}`);
      return this.#openStream(route.transport, signal);
    };
    return { name: route.transport, route, open };
  }

  async #connectBy(route: Route): Promise<SshConnection> {
    const { plan, address, ownerToken, hostKeys, context, signal } = this.#execution;
    const onAuthenticating = (user: string) => this.#enter('AUTHENTICATING', `as ${user}`);
    const ways: Ways = {
      sshGateway: (authentication) =>
        connectSshGateway({
          address,
          sshPort: context.sshPort,
          transport: route.transport,
          hostKeys,
          authentication,
          openStream: () => this.#takeStream(route.transport),
          signal,
          onAuthenticating: () => onAuthenticating(address.sshUser),
        }),
      companion: () =>
        connectCompanion({
          ref: plan.ref,
          origin: address.origin,
          ownerToken,
          network: context.network,
          sshGatewayMayBeOff: () => hostKeys.areNone(),
          signal,
          onAuthenticating,
        }),
      ask: (title) => this.#askPassphrase(title),
    };
    const giveUpAt = performance.now() + denialRetryForMs;
    for (;;) {
      if (this.#opened === undefined) this.#enter('CONNECTING', `${route.method} to ${route.target}`);
      try {
        return await carryOut(route, plan.ref, ownerToken, ways);
      } catch (error) {
        if (!(error instanceof SshClientError)) throw error;
        await this.#explainDenial(error, giveUpAt);
      }
    }
  }

  /** What the race has opened is used once; later attempts open their own. */
  async #takeStream(transport: ConnectionTransport): Promise<Duplex> {
    const opened = this.#opened;
    this.#opened = undefined;
    return opened === undefined || opened.destroyed ? this.#openStream(transport, this.#execution.signal) : opened;
  }

  #openStream(transport: ConnectionTransport, signal: AbortSignal): Promise<Duplex> {
    const { plan, address, ownerToken, context } = this.#execution;
    const { network, openSsh, sshPort } = context;
    switch (transport) {
      case 'TCP':
        return plan.userProxy === undefined
          ? dialSshGateway(address.sshHost, sshPort, network, signal)
          : dialByUserProxy(plan.userProxy, address.sshHost, sshPort, openSsh, signal);
      case 'WEBSOCKET':
        return openWebSocketTunnel({ ref: plan.ref, origin: address.origin, ownerToken, network, signal });
    }
  }

  /**
   * An empty list of methods is only a hint (ssh-gateway-observed §1): the control plane knows more.
   * Returns when another attempt makes sense.
   */
  async #explainDenial(denial: SshClientError, giveUpAt: number): Promise<void> {
    const { plan, context, signal } = this.#execution;
    const { installation, workspaceId } = plan.ref;
    const record = await context.accounts.controlPlane(installation).getWorkspace(workspaceId, signal);
    const { startedAt } = runningInstance(plan.ref, record);
    const age = startedAt === undefined ? Number.POSITIVE_INFINITY : Date.now() - startedAt.getTime();
    if (age > justStartedMs || performance.now() + denialPauseMs > giveUpAt) {
      throw failure('SSH_ACCESS_DENIED', { host: installation.host, workspaceId }, denial);
    }
    await pause(denialPauseMs, signal);
  }

  #askPassphrase(title: string): Promise<Secret | undefined> {
    const { context, emit, signal } = this.#execution;
    const show = (prompt: Prompt) => emit({ kind: 'prompt', prompt });
    return context.prompts.askSecret('KEY_PASSPHRASE', title, show, signal);
  }

  #enter(phase: ConnectPhase, detail: string): void {
    this.#execution.emit({ kind: 'phase', phase, detail });
  }
}

/** All workspaces of a cluster are behind the same SSH gateway. */
function clusterOf({ sshHost }: WorkspaceAddress): string {
  return sshHost.slice(sshHost.indexOf('.') + 1);
}
