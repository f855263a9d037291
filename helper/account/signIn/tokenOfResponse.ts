import { Secret } from '../../platform/secret.ts';
import { asObject, asString } from '../json.ts';

/**
 * The API token in the answer of the token endpoint: the `jti` claim of the access token, a JWT. The JWT itself opens
 * nothing, and its times say nothing about the API token (gitpod-wire §1.5); so the clocks of the two machines do not matter.
 * It comes straight from the installation over TLS, so its signature need not be checked.
 *
 * @returns undefined when there is none.
 */
export function tokenOfResponse(body: string): Secret | undefined {
  try {
    const accessToken = asString(asObject(JSON.parse(body), 'answer')['access_token'], 'access_token');
    const payload = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8');
    const token = asString(asObject(JSON.parse(payload), 'claims')['jti'], 'jti');
    return /^[\x21-\x7e]{1,4096}$/.test(token) ? new Secret(token) : undefined;
  } catch {
    return undefined;
  }
}
