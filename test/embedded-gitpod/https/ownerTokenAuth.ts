import type { IncomingMessage } from 'node:http';
import type { EmbeddedWorkspace } from '../model/workspace.ts';

const ownerTokenHeader = 'x-gitpod-owner-token';

/** The cookie's name: `_<installation host>_ws_<instance id>_owner_` with ` `, `-` and `.` of the host as `_`. */
function ownerTokenCookie(installationHostname: string, instanceId: string): string {
  return `_${installationHostname.replaceAll(/[ .-]/g, '_')}_ws_${instanceId}_owner_`;
}

/**
 * Checks the owner token in header or cookie, the header first (gitpod-wire §4.8).
 * @returns undefined if the request may pass, else the status of the refusal: 401 missing, 403 wrong, 400 undecodable
 */
export function refuseWithoutOwnerToken(
  request: IncomingMessage,
  workspace: EmbeddedWorkspace,
  installationHostname: string,
): 400 | 401 | 403 | undefined {
  if (workspace.admission === 'everyone') return undefined;
  const encoded = presentedToken(request, ownerTokenCookie(installationHostname, workspace.instanceId));
  if (!encoded) return 401;
  const token = unescapeQuery(encoded);
  if (token === undefined) return 400;
  return token === workspace.ownerToken ? undefined : 403;
}

function presentedToken(request: IncomingMessage, cookieName: string): string | undefined {
  const header = request.headers[ownerTokenHeader];
  if (typeof header === 'string' && header !== '') return header;
  const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
  return cookies.find((cookie) => cookie.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1);
}

/** URL query unescaping; undefined if a `%` is not followed by two hex digits. */
function unescapeQuery(text: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  const bytes = text
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9a-fA-F]{2})/g, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
