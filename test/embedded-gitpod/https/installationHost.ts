import type { IncomingMessage } from 'node:http';
import { type Answer, answer, html, plainText } from './answer.ts';

/** A request to the installation's own host: `/api/*` is the server, everything else the dashboard's one page. */
export function answerInstallationHost(request: IncomingMessage): Answer {
  if ((request.url ?? '/').startsWith('/api/')) return answer(404, 'Not Found', plainText);
  return answer(200, '<!doctype html><html><head><title>Gitpod</title></head><body></body></html>\n', html);
}
