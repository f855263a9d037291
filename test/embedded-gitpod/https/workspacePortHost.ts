import type { IncomingMessage } from 'node:http';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import type { Launcher } from '../workspace/launcher.ts';
import { type Answer, answer, html } from './answer.ts';
import { refuseWithoutOwnerToken } from './ownerTokenAuth.ts';

/** The port of the JetBrains launcher in every workspace (gitpod-wire §6). */
const launcherPort = 24_000;

/** A request to `<port>-<id>.ws-eu1.<domain>`: the launcher is the only process that listens in these workspaces. */
export async function answerWorkspacePort(
  request: IncomingMessage,
  target: { readonly workspace: EmbeddedWorkspace | undefined; readonly port: number; readonly debug: boolean },
  options: { readonly hostname: string; readonly launcher: Launcher },
): Promise<Answer> {
  const { workspace } = target;
  if (!workspace?.hasPod) return answer(404);
  const refusal = refuseWithoutOwnerToken(request, workspace, options.hostname);
  if (refusal !== undefined) return answer(refusal);
  const served = target.port === launcherPort ? workspace.served(target.debug) : undefined;
  if (served === undefined || served.backend === 'absent') return answer(404, portNotFoundPage(target.port), html);
  return options.launcher.answer(request, served);
}

function portNotFoundPage(port: number): string {
  return `<!doctype html><html><head><title>Port not found</title></head><body><h1>Nothing listens on port ${port}</h1></body></html>\n`;
}
