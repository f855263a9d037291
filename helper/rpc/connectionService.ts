import type { ConnectRequest } from '../connection/connectWorkspace.ts';
import type { ConnectionMethod } from '../connection/plan.ts';
import { planWorkspace } from '../connection/planWorkspace.ts';
import type { PromptAnswer } from '../connection/prompts.ts';
import { failure } from '../failures.ts';
import { ConnectionMethod as MethodMessage } from '../gen/gitpod/helper/v1/common.ts';
import type {
  AnswerPromptRequest,
  ConnectionServiceServer,
  ConnectRequest as ConnectRequestMessage,
  ConnectResponse,
  DisconnectRequest,
  ListConnectionsResponse,
  PlanRequest,
  PlanResponse,
} from '../gen/gitpod/helper/v1/connection_service.ts';
import { Secret } from '../platform/secret.ts';
import { connectionMessage, eventMessage, planMessage } from './connectionMessages.ts';
import { failureMessage } from './failureMessage.ts';
import { serverStream, unary } from './handle.ts';
import type { Session } from './session.ts';
import { readWorkspaceRef } from './workspaceRef.ts';

const defaultBackendTimeoutMs = 300_000;

/** Serves ConnectionService. */
export function connectionService(session: Session): ConnectionServiceServer {
  return {
    plan: unary(async (request: PlanRequest, signal): Promise<PlanResponse> => {
      const { context } = session.core;
      const ref = readWorkspaceRef(request.workspace);
      const record = await context.accounts.controlPlane(ref.installation).getWorkspace(ref.workspaceId, signal);
      const plan = await planWorkspace(ref, record, { useLocalApp: request.useLocalApp }, context, signal);
      return { plan: planMessage(plan) };
    }),
    connect: serverStream(async (message: ConnectRequestMessage, send: (response: ConnectResponse) => void, signal) => {
      const { connections } = session.core;
      const request = readConnectRequest(message);
      const ended = await connections.connect(request, (id, event) => send(eventMessage(id, event)), signal);
      const why = ended.failure === undefined ? undefined : failureMessage(ended.failure);
      send({ connectionId: ended.id, event: { $case: 'ended', value: { failure: why } } });
    }),
    answerPrompt: unary(async ({ promptId, answer }: AnswerPromptRequest) => {
      session.core.context.prompts.answer(promptId, readAnswer(answer));
      return {};
    }),
    listConnections: unary(
      async (): Promise<ListConnectionsResponse> => ({
        connections: session.core.connections.list().map(connectionMessage),
      }),
    ),
    disconnect: unary(async ({ connectionId }: DisconnectRequest) => {
      await session.core.connections.disconnect(connectionId);
      return {};
    }),
  };
}

function readAnswer(answer: AnswerPromptRequest['answer']): PromptAnswer {
  switch (answer?.$case) {
    case 'secret':
      return new Secret(answer.value);
    case 'consent':
      return answer.value;
    default:
      return undefined;
  }
}

function readConnectRequest(message: ConnectRequestMessage): ConnectRequest {
  const method = readMethod(message.method);
  return {
    ref: readWorkspaceRef(message.workspace),
    localPort: readPort('local_port', message.localPort),
    backendPort: readPort('backend_port', message.backendPort),
    useLocalApp: message.useLocalApp,
    startIfStopped: message.startIfStopped,
    additionalHeartbeat: message.additionalHeartbeat,
    forwards: message.forwards.map(({ localPort, remotePort }) => ({
      localPort: readPort('forwards.local_port', localPort),
      remotePort: readRemotePort(remotePort),
    })),
    backendTimeoutMs:
      message.backendDeadlineSeconds === 0 ? defaultBackendTimeoutMs : message.backendDeadlineSeconds * 1000,
    ...(method === undefined ? {} : { method }),
  };
}

function readPort(argument: string, port: number): number {
  if (port > 65_535) throw failure('INVALID_ARGUMENT', { argument, problem: `${port} is not a port` });
  return port;
}

function readRemotePort(port: number): number {
  if (port === 0) throw failure('INVALID_ARGUMENT', { argument: 'forwards.remote_port', problem: 'it is missing' });
  return readPort('forwards.remote_port', port);
}

function readMethod(method: MethodMessage): ConnectionMethod | undefined {
  switch (method) {
    case MethodMessage.UNSPECIFIED:
      return undefined;
    case MethodMessage.SSH_GATEWAY_KEY:
      return 'SSH_GATEWAY_KEY';
    case MethodMessage.SSH_GATEWAY_OWNER_TOKEN:
      return 'SSH_GATEWAY_OWNER_TOKEN';
    case MethodMessage.LOCAL_COMPANION:
      return 'LOCAL_COMPANION';
    default:
      throw failure('INVALID_ARGUMENT', { argument: 'method', problem: `${method} is not a method` });
  }
}
