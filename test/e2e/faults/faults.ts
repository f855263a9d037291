import { FailureCode } from '../../../helper/gen/gitpod/helper/v1/failure.ts';
import type { Stage } from './stage.ts';

/** When a fault strikes. */
export type Moment = 'before authentication' | 'while idle' | 'under load' | 'while reconnecting';

/** What a fault does to a connection, as its user sees it. */
export type Outcome =
  /** Nothing to be seen: the connection comes about, or goes on with its clients, while the fault lasts. */
  | { readonly sees: 'nothing' }
  /** `interrupted`, then `restored`, while the fault lasts; clients connect again behind the same port. */
  | { readonly sees: 'restored' }
  /** `interrupted` again and again for this reason; `restored` once the fault is over. */
  | { readonly sees: 'interrupted'; readonly code: FailureCode }
  /** `ended` for this reason; another Connect works once the fault is over. */
  | { readonly sees: 'ended'; readonly code: FailureCode }
  /** `join_link_changed`; clients connect again behind the same port. */
  | { readonly sees: 'another link' };

/** A trouble, and what is made of it. */
export interface Fault {
  readonly name: string;
  /** Begins, and cuts the connections that would not have lasted. */
  readonly begin: (stage: Stage) => void | Promise<void>;
  /** Is over; what strikes once is over by itself. */
  readonly end?: (stage: Stage) => void | Promise<void>;
  /** Takes many seconds to be noticed, or to be borne. */
  readonly isSlow?: true;
  /** Not noticed by a connection that goes through the WebSocket. */
  readonly isOfPort22?: true;
  /** The workspace proxy cuts a WebSocket whose pongs wait behind data for so long. */
  readonly isTooSlowForWebSocket?: true;
  readonly outcomes: Readonly<Record<Moment, Outcome>>;
}

const nothing = { sees: 'nothing' } as const;
const restored = { sees: 'restored' } as const;
const anotherLink = { sees: 'another link' } as const;
const interrupted = (code: FailureCode) => ({ sees: 'interrupted', code }) as const;
const ended = (code: FailureCode) => ({ sees: 'ended', code }) as const;

/** Every trouble of a network and of an installation that a connection has to stand. */
export const faults: readonly Fault[] = [
  {
    name: 'the connection is cut',
    begin: ({ network }) => network.drop(),
    outcomes: {
      'before authentication': ended(FailureCode.HOST_UNREACHABLE),
      'while idle': restored,
      'under load': restored,
      'while reconnecting': restored,
    },
  },
  {
    name: 'the connection is cut in the midst of a packet',
    begin: ({ network }) => network.cutMidFrame(),
    outcomes: {
      'before authentication': ended(FailureCode.HOST_UNREACHABLE),
      'while idle': restored,
      'under load': restored,
      'while reconnecting': restored,
    },
  },
  {
    name: 'nothing arrives any more from the other side',
    begin: ({ network }) => network.silence(['to-helper']),
    isSlow: true,
    outcomes: {
      'before authentication': ended(FailureCode.HOST_UNREACHABLE),
      'while idle': restored,
      'under load': restored,
      'while reconnecting': restored,
    },
  },
  {
    name: 'nothing arrives any more at the other side',
    begin: ({ network }) => network.silence(['to-gitpod']),
    isSlow: true,
    outcomes: {
      'before authentication': ended(FailureCode.HOST_UNREACHABLE),
      'while idle': restored,
      'under load': restored,
      'while reconnecting': restored,
    },
  },
  {
    name: 'a delay of 250 ms each way',
    begin: ({ network }) => {
      network.delayMs = 250;
    },
    end: ({ network }) => {
      network.delayMs = 0;
    },
    outcomes: {
      'before authentication': nothing,
      'while idle': nothing,
      'under load': nothing,
      'while reconnecting': restored,
    },
  },
  {
    name: 'a link of 256 KiB/s',
    isSlow: true,
    isTooSlowForWebSocket: true,
    begin: ({ network }) => {
      network.bytesPerSecond = 256 * 1024;
    },
    end: ({ network }) => {
      network.bytesPerSecond = Number.POSITIVE_INFINITY;
    },
    outcomes: {
      'before authentication': nothing,
      'while idle': nothing,
      'under load': nothing,
      'while reconnecting': restored,
    },
  },
  {
    name: 'port 22 refuses',
    isOfPort22: true,
    begin: ({ world, network }) => {
      world.gitpod.faults.refuseSsh = true;
      network.drop(world.gitpod.sshPort);
    },
    end: ({ world }) => {
      world.gitpod.faults.refuseSsh = false;
    },
    outcomes: {
      'before authentication': nothing,
      'while idle': restored,
      'under load': restored,
      'while reconnecting': restored,
    },
  },
  {
    name: 'port 22 accepts and stalls',
    isOfPort22: true,
    begin: ({ world, network }) => {
      world.gitpod.faults.stallSsh = true;
      network.drop(world.gitpod.sshPort);
    },
    end: ({ world }) => {
      world.gitpod.faults.stallSsh = false;
    },
    outcomes: {
      'before authentication': nothing,
      'while idle': restored,
      'under load': restored,
      'while reconnecting': restored,
    },
  },
  {
    name: 'a certificate that nobody trusts',
    begin: async ({ world, network }) => {
      await world.gitpod.interceptTls();
      network.drop();
    },
    end: ({ world, network }) => {
      world.gitpod.stopInterceptingTls();
      network.drop();
    },
    outcomes: {
      'before authentication': ended(FailureCode.TLS_UNTRUSTED),
      'while idle': interrupted(FailureCode.TLS_UNTRUSTED),
      'under load': interrupted(FailureCode.TLS_UNTRUSTED),
      'while reconnecting': interrupted(FailureCode.TLS_UNTRUSTED),
    },
  },
  {
    name: 'HTTP 503 from everything',
    begin: ({ world, network }) => {
      world.gitpod.faults.httpsAnswer = { status: 503, body: 'Service Unavailable\n' };
      network.drop();
    },
    end: ({ world }) => {
      world.gitpod.faults.httpsAnswer = undefined;
    },
    outcomes: {
      'before authentication': ended(FailureCode.TUNNEL_REFUSED),
      'while idle': interrupted(FailureCode.HOST_UNREACHABLE),
      'under load': interrupted(FailureCode.HOST_UNREACHABLE),
      'while reconnecting': interrupted(FailureCode.HOST_UNREACHABLE),
    },
  },
  {
    name: 'everything leads to a sign-in page',
    begin: ({ world, network }) => {
      const location = 'https://portal.test/sign-in';
      world.gitpod.faults.httpsAnswer = { status: 302, body: `<a href="${location}">Found</a>\n`, location };
      network.drop();
    },
    end: ({ world }) => {
      world.gitpod.faults.httpsAnswer = undefined;
    },
    outcomes: {
      'before authentication': ended(FailureCode.TUNNEL_REFUSED),
      'while idle': interrupted(FailureCode.NOT_AN_INSTALLATION),
      'under load': interrupted(FailureCode.NOT_AN_INSTALLATION),
      'while reconnecting': interrupted(FailureCode.NOT_AN_INSTALLATION),
    },
  },
  {
    name: 'the owner token is replaced',
    begin: ({ world }) => {
      world.workspace.rotateOwnerToken();
      world.workspace.dropConnections();
    },
    outcomes: {
      'before authentication': nothing,
      'while idle': restored,
      'under load': restored,
      'while reconnecting': restored,
    },
  },
  {
    name: 'the SSH gateway gets another host key',
    isOfPort22: true,
    begin: async ({ world, network }) => {
      await world.gitpod.rotateHostKey();
      network.drop(world.gitpod.sshPort);
    },
    outcomes: {
      'before authentication': nothing,
      'while idle': restored,
      'under load': restored,
      'while reconnecting': restored,
    },
  },
  {
    name: 'a host key that is not published',
    begin: ({ world, network }) => {
      world.gitpod.faults.presentedHostKeyNotListed = true;
      network.drop(world.gitpod.sshPort);
    },
    end: ({ world }) => {
      world.gitpod.faults.presentedHostKeyNotListed = false;
    },
    outcomes: {
      'before authentication': ended(FailureCode.HOST_KEY_MISMATCH),
      'while idle': ended(FailureCode.HOST_KEY_MISMATCH),
      'under load': ended(FailureCode.HOST_KEY_MISMATCH),
      'while reconnecting': ended(FailureCode.HOST_KEY_MISMATCH),
    },
  },
  {
    name: 'the supervisor is down',
    begin: ({ world }) => {
      world.gitpod.faults.supervisorDown = true;
      world.workspace.dropConnections();
    },
    end: ({ world }) => {
      world.gitpod.faults.supervisorDown = false;
    },
    outcomes: {
      'before authentication': ended(FailureCode.WORKSPACE_SSH_DOWN),
      'while idle': interrupted(FailureCode.WORKSPACE_SSH_DOWN),
      'under load': interrupted(FailureCode.WORKSPACE_SSH_DOWN),
      'while reconnecting': interrupted(FailureCode.WORKSPACE_SSH_DOWN),
    },
  },
  {
    name: 'the IDE backend is restarted',
    begin: ({ world }) => world.workspace.restartBackend(),
    outcomes: {
      'before authentication': nothing,
      'while idle': anotherLink,
      'under load': anotherLink,
      'while reconnecting': restored,
    },
  },
  {
    name: 'the workspace is stopped',
    begin: ({ world }) => {
      world.workspace.phase = 'stopped';
      world.workspace.dropConnections();
    },
    end: ({ world }) => {
      world.workspace.phase = 'running';
    },
    outcomes: {
      'before authentication': ended(FailureCode.WORKSPACE_STOPPED),
      'while idle': ended(FailureCode.WORKSPACE_STOPPED),
      'under load': ended(FailureCode.WORKSPACE_STOPPED),
      'while reconnecting': ended(FailureCode.WORKSPACE_STOPPED),
    },
  },
  {
    name: 'the control plane is away',
    begin: ({ world }) => {
      world.gitpod.faults.apiUpgradeStatus = 503;
      world.gitpod.dropApiConnections();
    },
    end: ({ world }) => {
      world.gitpod.faults.apiUpgradeStatus = undefined;
    },
    outcomes: {
      'before authentication': nothing,
      'while idle': nothing,
      'under load': nothing,
      'while reconnecting': restored,
    },
  },
];
