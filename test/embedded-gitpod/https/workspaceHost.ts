import type { IncomingMessage } from 'node:http';
import type { Faults } from '../faults.ts';
import type { SshKeyPair } from '../ssh-wire/keyPair.ts';
import { type Answer, answer, html, json, plainText } from './answer.ts';
import { isTunnelPath } from './sshTunnel.ts';

export interface WorkspaceHostOptions {
  readonly origin: string;
  readonly sshHostKeys: readonly SshKeyPair[];
  readonly faults: Faults;
}

/** A request to `<id>.ws-eu1.<domain>` (gitpod-wire §4.8). */
export function answerWorkspaceHost(
  request: IncomingMessage,
  target: { readonly workspaceId: string; readonly isKnown: boolean },
  options: WorkspaceHostOptions,
): Answer {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  // No credential, no look at the workspace, any method.
  if (path === '/_ssh/host_keys') return hostKeys(options);
  if (!target.isKnown) return toStartPage(options.origin, target.workspaceId);
  if (isTunnelPath(path)) return answer(400, 'Bad Request', plainText); // a request that is no WebSocket upgrade
  // Nothing of the supervisor is built: to the outside it is down.
  if (path.startsWith('/_supervisor/')) return answer(502);
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
