import type { ConnectionState } from '../connection/connections.ts';
import type { ConnectEvent, ConnectPhase } from '../connection/events.ts';
import type { Plan, Route } from '../connection/plan.ts';
import { ConnectionMethod, ConnectionTransport } from '../gen/gitpod/helper/v1/common.ts';
import {
  type Connection,
  ConnectPhase as ConnectPhaseMessage,
  type ConnectResponse,
  type Plan as PlanMessage,
  PromptKind,
  type Route as RouteMessage,
  RouteVerdict,
} from '../gen/gitpod/helper/v1/connection_service.ts';
import { fingerprintSha256 } from '../ssh/identities/publicKey.ts';
import { failureMessage } from './failureMessage.ts';
import { phaseMessage } from './workspacePhase.ts';
import { workspaceRefMessage } from './workspaceRef.ts';

/** A plan in the contract's form. */
export function planMessage(plan: Plan): PlanMessage {
  return {
    workspace: workspaceRefMessage(plan.ref),
    phase: phaseMessage(plan.phase),
    routes: plan.routes.map(routeMessage),
  };
}

/** An event of a connection in the contract's form. */
export function eventMessage(connectionId: string, event: ConnectEvent): ConnectResponse {
  switch (event.kind) {
    case 'phase': {
      const value = { phase: connectPhaseMessage(event.phase), detail: event.detail };
      return { connectionId, event: { $case: 'phase', value } };
    }
    case 'plan':
      return { connectionId, event: { $case: 'plan', value: planMessage(event.plan) } };
    case 'prompt': {
      const { id: promptId, kind, title, expiresAt } = event.prompt;
      const value = { promptId, kind: PromptKind[kind], title, expiresAt };
      return { connectionId, event: { $case: 'prompt', value } };
    }
    case 'interrupted': {
      const value = { failure: failureMessage(event.failure), retryAt: event.retryAt };
      return { connectionId, event: { $case: 'interrupted', value } };
    }
    case 'restored': {
      const { interruptedMs } = event;
      const method = ConnectionMethod[event.method];
      const transport = ConnectionTransport[event.transport];
      return { connectionId, event: { $case: 'restored', value: { method, transport, interruptedMs } } };
    }
    case 'join-link-changed': {
      const { localPort, joinLink, backendPid } = event;
      return { connectionId, event: { $case: 'joinLinkChanged', value: { localPort, joinLink, backendPid } } };
    }
    case 'workspace-stopping': {
      const { byRequest, condition } = event;
      return { connectionId, event: { $case: 'workspaceStopping', value: { byRequest, condition } } };
    }
    case 'ready': {
      const { ready } = event;
      const method = ConnectionMethod[ready.method];
      const transport = ConnectionTransport[ready.transport];
      return {
        connectionId,
        event: { $case: 'ready', value: { ...ready, method, transport, forwards: [...ready.forwards] } },
      };
    }
  }
}

/** A connection's state in the contract's form. */
export function connectionMessage({ id, ref, startedAt, phase, ready }: ConnectionState): Connection {
  return {
    connectionId: id,
    workspace: workspaceRefMessage(ref),
    phase: connectPhaseMessage(phase),
    localPort: ready?.localPort ?? 0,
    method: ready === undefined ? ConnectionMethod.UNSPECIFIED : ConnectionMethod[ready.method],
    transport: ready === undefined ? ConnectionTransport.UNSPECIFIED : ConnectionTransport[ready.transport],
    startedAt,
  };
}

function connectPhaseMessage(phase: ConnectPhase): ConnectPhaseMessage {
  return ConnectPhaseMessage[phase];
}

function routeMessage(route: Route): RouteMessage {
  const publicKey = route.identity?.publicKey;
  return {
    method: ConnectionMethod[route.method],
    transport: ConnectionTransport[route.transport],
    verdict: RouteVerdict[route.verdict],
    reason: route.reason,
    target: route.target,
    user: route.user,
    keyFingerprint: publicKey === undefined ? '' : fingerprintSha256(publicKey.blob),
  };
}
