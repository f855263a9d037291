import type { IncomingMessage } from 'node:http';
import { type Answer, answer, json, plainText } from '../https/answer.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import { type Backend, backendProduct } from './backend.ts';

/** The process on port 24000 of a workspace, which knows the backend's join link (gitpod-wire §6). */
export class Launcher {
  readonly #backendOf: (workspace: EmbeddedWorkspace) => Backend;

  constructor(backendOf: (workspace: EmbeddedWorkspace) => Backend) {
    this.#backendOf = backendOf;
  }

  async answer(request: IncomingMessage, workspace: EmbeddedWorkspace): Promise<Answer> {
    const path = (request.url ?? '/').split('?')[0];
    if (path !== '/joinLink2') return answer(404, '404 page not found\n', plainText);
    switch (workspace.backend) {
      case 'booting':
        return answer(503, 'failed to resolve JoinLink\n', plainText);
      case 'malformed-link':
        return answer(200, '{"appPid":0,"joinLink":', json);
      case 'ready':
      case 'closes-at-once':
        return answer(200, await this.#joinLink2(workspace), json);
      case 'absent': // the workspace proxy found nothing listening
        return answer(404);
    }
  }

  async #joinLink2(workspace: EmbeddedWorkspace): Promise<string> {
    const backend = this.#backendOf(workspace);
    return JSON.stringify({
      appPid: backend.pid,
      joinLink: await backend.joinLink(),
      ideVersion: `${backendProduct.code}-${backendProduct.build}`,
      projectPath: `/workspace/${workspace.options.repository}`,
    });
  }
}
