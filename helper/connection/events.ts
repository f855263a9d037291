import type { Failure } from '../failures.ts';
import type { ConnectionMethod, ConnectionTransport, Plan } from './plan.ts';
import type { PortForward } from './portForwards.ts';
import type { Prompt } from './prompts.ts';

/** The stages of a connection, in order. */
export type ConnectPhase =
  | 'RESOLVING'
  | 'STARTING_WORKSPACE'
  | 'PLANNING'
  | 'CONNECTING'
  | 'AUTHENTICATING'
  | 'WAITING_FOR_BACKEND'
  | 'READY';

/** Bytes can flow. */
export interface Ready {
  readonly localPort: number;
  /** For the client on this machine. Holds the one-time `jt`: pass it on, never log it. */
  readonly joinLink: string;
  readonly ideVersion: string;
  readonly projectPath: string;
  /** 0 when not told. */
  readonly backendPid: number;
  readonly method: ConnectionMethod;
  readonly transport: ConnectionTransport;
  /** From the request to now. */
  readonly elapsedMs: number;
  /** The further ports, with the local ones filled in. */
  readonly forwards: readonly PortForward[];
}

/** What a connection tells whoever asked for it. */
export type ConnectEvent =
  | { readonly kind: 'phase'; readonly phase: ConnectPhase; readonly detail: string }
  | { readonly kind: 'plan'; readonly plan: Plan }
  /** The user is asked something; Connections.prompts takes the answer. */
  | { readonly kind: 'prompt'; readonly prompt: Prompt }
  | {
      readonly kind: 'ready';
      readonly ready: Ready;
      /** Asks for the join link as it is now: each serves one client. @throws Failure */
      readonly freshJoinLink: () => Promise<string>;
    }
  /** The connection is lost and dialled again at that time. */
  | { readonly kind: 'interrupted'; readonly failure: Failure; readonly retryAt: Date }
  /** Bytes can flow again behind the same local port. */
  | {
      readonly kind: 'restored';
      readonly method: ConnectionMethod;
      readonly transport: ConnectionTransport;
      readonly interruptedMs: number;
    }
  /** The workspace is going down; the connection will end. */
  | {
      readonly kind: 'workspace-stopping';
      /** True when somebody stopped it, false when it timed out or failed. */
      readonly byRequest: boolean;
      /** The condition in the installation's words; may be empty. */
      readonly condition: string;
    }
  /** The backend has another link than the client was given. */
  | {
      readonly kind: 'join-link-changed';
      readonly localPort: number;
      readonly joinLink: string;
      readonly backendPid: number;
    };
