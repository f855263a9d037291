import type { WorkspacePhase } from '../account/records.ts';
import { describeUserProxy, type UserProxy } from '../ssh/config/userProxy.ts';
import type { Identity } from '../ssh/identities/identity.ts';
import { fingerprintSha256 } from '../ssh/identities/publicKey.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import type { KeyReport } from './keyReport.ts';
import type { WorkspaceAddress } from './workspaceAddress.ts';

export type ConnectionMethod = 'SSH_GATEWAY_KEY' | 'SSH_GATEWAY_OWNER_TOKEN' | 'LOCAL_COMPANION';
export type ConnectionTransport = 'TCP' | 'WEBSOCKET';
export type RouteVerdict = 'CHOSEN' | 'USABLE' | 'REJECTED' | 'NOT_APPLICABLE';

/** One method over one transport, with a verdict and a reason in one sentence. */
export interface Route {
  readonly method: ConnectionMethod;
  readonly transport: ConnectionTransport;
  readonly verdict: RouteVerdict;
  readonly reason: string;
  /** `host:port` that would be dialled; empty when it does not apply. */
  readonly target: string;
  /** The SSH user; empty when it does not apply. */
  readonly user: string;
  /** The identity that would sign, for SSH_GATEWAY_KEY. */
  readonly identity?: Identity;
}

/** How a workspace would be reached: every method × transport, in the order they are tried. */
export interface Plan {
  readonly ref: WorkspaceRef;
  readonly phase: WorkspacePhase;
  readonly routes: readonly Route[];
  /** The user's own way to the SSH gateway's port, which TCP routes go; undefined when it is dialled directly. */
  readonly userProxy: UserProxy | undefined;
}

/** What a plan is made of. Nothing was dialled for it. */
export interface PlanFacts {
  readonly ref: WorkspaceRef;
  readonly phase: WorkspacePhase;
  /** Undefined when the workspace has no usable address. */
  readonly address: WorkspaceAddress | undefined;
  readonly sshPort: number;
  readonly keys: KeyReport;
  readonly userProxy: UserProxy | undefined;
  /** Names the proxy that each transport goes by; undefined where there is none. */
  readonly proxies: Readonly<Record<ConnectionTransport, string | undefined>>;
  /** The Local Companion's protocol only. */
  readonly useLocalApp: boolean;
  /** Just this method. */
  readonly method?: ConnectionMethod;
}

/** The user of the workspace's own SSH server (gitpod-wire §5). */
const workspaceUser = 'gitpod';

/** Makes the plan: a pure function of its facts. The first route that would work is chosen. */
export function makePlan(facts: PlanFacts): Plan {
  const candidates = [
    judge('SSH_GATEWAY_KEY', 'TCP', facts, tellingWay(judgeKey)),
    judge('SSH_GATEWAY_OWNER_TOKEN', 'TCP', facts, tellingWay(judgeOwnerToken)),
    judge('SSH_GATEWAY_OWNER_TOKEN', 'WEBSOCKET', facts, () =>
      tellingProxy('WEBSOCKET', facts, {
        verdict: 'USABLE',
        reason: "The WebSocket to the workspace's host works where the SSH port is blocked.",
      }),
    ),
    judge('SSH_GATEWAY_KEY', 'WEBSOCKET', facts, () => ({
      verdict: 'NOT_APPLICABLE',
      reason: 'Through the WebSocket the owner token authenticates, never a key.',
    })),
    judge('LOCAL_COMPANION', 'WEBSOCKET', facts, () => tellingProxy('WEBSOCKET', facts, judgeCompanion(facts))),
  ];
  const chosen = candidates.find(({ verdict }) => verdict === 'USABLE');
  const routes = candidates.map((route): Route => (route === chosen ? { ...route, verdict: 'CHOSEN' } : route));
  return { ref: facts.ref, phase: facts.phase, routes, userProxy: facts.userProxy };
}

type Judgement = Pick<Route, 'verdict' | 'reason' | 'identity'>;

function judge(
  method: ConnectionMethod,
  transport: ConnectionTransport,
  facts: PlanFacts,
  judgeItself: (facts: PlanFacts) => Judgement,
): Route {
  return {
    method,
    transport,
    target: target(transport, facts),
    user: user(method, facts),
    ...(exclusion(method, facts) ?? judgeItself(facts)),
  };
}

function user(method: ConnectionMethod, { address }: PlanFacts): string {
  if (address === undefined) return '';
  return method === 'LOCAL_COMPANION' ? workspaceUser : address.sshUser;
}

function target(transport: ConnectionTransport, { address, sshPort }: PlanFacts): string {
  if (address === undefined) return '';
  switch (transport) {
    case 'TCP':
      return `${address.sshHost}:${sshPort}`;
    case 'WEBSOCKET': {
      const { hostname, port } = new URL(address.origin);
      return `${hostname}:${port === '' ? 443 : port}`;
    }
  }
}

/** What rules a route out whatever its own merits. */
function exclusion(method: ConnectionMethod, facts: PlanFacts): Judgement | undefined {
  if (facts.phase !== 'running') return rejected(`The workspace is not running (${facts.phase}).`);
  if (facts.address === undefined) return rejected('The installation gives no address for the workspace.');
  if (facts.useLocalApp && method !== 'LOCAL_COMPANION')
    return rejected('useLocalApp asks for the Local Companion only.');
  if (facts.method !== undefined && facts.method !== method) return rejected(`Only ${facts.method} was asked for.`);
  return undefined;
}

/** Of TCP: a way of the user's own counts before any proxy. */
function tellingWay(judgeItself: (facts: PlanFacts) => Judgement): (facts: PlanFacts) => Judgement {
  return (facts) => {
    const judgement = judgeItself(facts);
    if (facts.userProxy === undefined || judgement.verdict !== 'USABLE') return tellingProxy('TCP', facts, judgement);
    return { ...judgement, reason: `${judgement.reason} It goes by ${describeUserProxy(facts.userProxy)}.` };
  };
}

function tellingProxy(transport: ConnectionTransport, { proxies }: PlanFacts, judgement: Judgement): Judgement {
  const proxy = proxies[transport];
  if (proxy === undefined || judgement.verdict !== 'USABLE') return judgement;
  return { ...judgement, reason: `${judgement.reason} It goes by the proxy ${proxy}.` };
}

function judgeKey({ keys, method }: PlanFacts): Judgement {
  if (keys.registeredFailure !== undefined) {
    return rejected(`The keys registered with the account cannot be read: ${keys.registeredFailure.message}`);
  }
  const usable = keys.matches.local.find(({ verdict }) => verdict === 'usable');
  if (usable === undefined) return method === undefined ? rejected(whyNoKey(keys)) : judgeLockedKey(keys);
  const { identity } = usable;
  const fingerprint = identity.publicKey === undefined ? '' : fingerprintSha256(identity.publicKey.blob);
  return {
    verdict: 'USABLE',
    reason: `The key ${fingerprint} (${identity.path ?? 'SSH agent'}) is registered with the account and signs without asking.`,
    identity,
  };
}

/** Who wants to go by key and nothing else is asked for the passphrase; otherwise the owner token asks for nothing. */
function judgeLockedKey(keys: KeyReport): Judgement {
  const locked = keys.matches.local.find(({ verdict }) => verdict === 'needs-passphrase');
  if (locked?.identity.path === undefined) return rejected(whyNoKey(keys));
  const reason = `The key ${locked.identity.path} is registered with the account; its passphrase will be asked for.`;
  return { verdict: 'USABLE', reason, identity: locked.identity };
}

function judgeOwnerToken({ keys }: PlanFacts): Judgement {
  const keyWorks = keys.matches.local.some(({ verdict }) => verdict === 'usable');
  return {
    verdict: 'USABLE',
    reason: keyWorks
      ? 'The owner token works without a key; it is taken if the key is refused.'
      : 'No registered key can sign without asking; the owner token needs none.',
  };
}

/** The nearest miss explains best: a key that is registered but cannot sign, before one that is not registered. */
function whyNoKey({ matches }: KeyReport): string {
  const nearest =
    matches.local.find(({ registeredAs }) => registeredAs !== undefined) ??
    matches.registered.find(({ verdict }) => verdict === 'no-private-half-here');
  if (nearest !== undefined) return nearest.reason;
  if (matches.local.length === 0) return 'There is no SSH key on this machine.';
  return 'None of the keys on this machine is registered with the account.';
}

function judgeCompanion({ useLocalApp, method }: PlanFacts): Judgement {
  const why = useLocalApp
    ? 'it is taken because useLocalApp asks for it'
    : method === 'LOCAL_COMPANION'
      ? 'it is taken because it was asked for'
      : 'it is taken only if the SSH gateway is off or broken';
  return { verdict: 'USABLE', reason: `The Local Companion's way is legacy; ${why}.` };
}

function rejected(reason: string): Judgement {
  return { verdict: 'REJECTED', reason };
}
