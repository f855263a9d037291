import type { IncomingMessage } from 'node:http';
import type { Faults } from '../faults.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import type { SshKeyPair } from '../ssh-wire/keyPair.ts';
import { answerGrpcWeb, isGrpcWeb } from '../supervisor/grpcWeb.ts';
import { answerSupervisorRest, isOpenToAll } from '../supervisor/restApi.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import { type Answer, answer, html, json, plainText } from './answer.ts';
import { refuseWithoutOwnerToken } from './ownerTokenAuth.ts';
import { createSshKeys } from './sshKeysCreate.ts';
import type { WorkspaceTunnel } from './workspaceTunnel.ts';

export interface WorkspaceHostOptions {
  /** The installation's host name. */
  readonly domain: string;
  readonly origin: string;
  readonly tunnels: readonly WorkspaceTunnel[];
  readonly sshHostKeys: readonly SshKeyPair[];
  readonly supervisorOf: (workspace: EmbeddedWorkspace) => Supervisor;
  readonly faults: Faults;
}

/** A request to `<id>.ws-eu1.<domain>` (gitpod-wire §4.8). */
export async function answerWorkspaceHost(
  request: IncomingMessage,
  target: { readonly workspaceId: string; readonly debug: boolean; readonly workspace: EmbeddedWorkspace | undefined },
  options: WorkspaceHostOptions,
): Promise<Answer> {
  const { workspace } = target;
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  // No credential, no look at the workspace, any method.
  if (path === '/_ssh/host_keys' && !options.faults.sshGatewayOff) return hostKeys(options);
  if (!workspace?.hasPod) return toStartPage(options.origin, target.workspaceId);
  // A request that is no WebSocket upgrade.
  if (options.tunnels.some((tunnel) => tunnel.isAt(path))) return answer(400, 'Bad Request', plainText);
  if (path.startsWith('/_supervisor/')) {
    const api = path.slice('/_supervisor'.length);
    const refusal = isOpenToAll(api) ? undefined : refuseWithoutOwnerToken(request, workspace, options.domain);
    if (refusal !== undefined) return answer(refusal);
    if (api === '/v1/ssh_keys/create' && !options.faults.sshGatewayOff) return createSshKeys(options.sshHostKeys);
    const served = workspace.served(target.debug);
    if (options.faults.supervisorDown || served === undefined) return answer(502);
    const supervisor = options.supervisorOf(served);
    if (isGrpcWeb(request)) return answerGrpcWeb(api, request, supervisor);
    return answerSupervisorRest(api, supervisor, options.faults);
  }
  return answer(200, '<!doctype html><title>IDE</title>\n', html);
}

function hostKeys({ faults, sshHostKeys }: WorkspaceHostOptions): Answer {
  const override = faults.hostKeysResponse;
  if (override) {
    const headers = override.contentType === undefined ? {} : { 'Content-Type': override.contentType };
    return answer(override.status, override.body, headers);
  }
  const list = sshHostKeys.map(({ type, blob }) => ({ type, host_key: blob.toString('base64') }));
  return answer(200, JSON.stringify(list), json);
}

function toStartPage(origin: string, workspaceId: string): Answer {
  const location = `${origin}/start/?not_found=true#${workspaceId}`;
  return answer(302, `<a href="${location}">Found</a>.\n\n`, { ...html, Location: location });
}
