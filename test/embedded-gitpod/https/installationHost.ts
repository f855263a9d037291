import type { IncomingMessage } from 'node:http';
import type { OAuthServer } from '../oauth/oauthServer.ts';
import { type Answer, answer, html, plainText } from './answer.ts';

/** A request to the installation's own host: `/api/*` is the server, everything else the dashboard's one page. */
export async function answerInstallationHost(
  request: IncomingMessage,
  { oauth, origin }: { readonly oauth: OAuthServer; readonly origin: string },
): Promise<Answer> {
  const url = URL.parse(request.url ?? '/', 'https://installation');
  if (url?.pathname.startsWith('/api/oauth/') === true) return oauth.answer(request, url, origin);
  if ((request.url ?? '/').startsWith('/api/')) return answer(404, 'Not Found', plainText);
  return answer(200, '<!doctype html><html><head><title>Gitpod</title></head><body></body></html>\n', html);
}
