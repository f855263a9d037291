import { Failure, failure } from '../../failures.ts';
import type { HttpResponse } from '../../platform/network/httpAnswer.ts';
import type { Network } from '../../platform/network/network.ts';
import type { Installation } from '../installation.ts';
import { asArray, asString } from '../json.ts';
import { networkFailure } from '../networkFailure.ts';
import { oauthClient, usefulScopes } from './oauthClient.ts';

const maxBodyBytes = 64 * 1024;

/**
 * The scopes to ask for: those that are of use and that this installation knows for the client (gitpod-wire §1.1).
 *
 * @throws Failure NOT_AN_INSTALLATION, HOST_…, TLS_UNTRUSTED, or the signal's reason.
 */
export async function grantableScopes(
  installation: Installation,
  network: Network,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { host, origin } = installation;
  const url = new URL(`${origin}/api/oauth/inspect?client=${oauthClient.id}`);
  let response: HttpResponse;
  try {
    response = await network.get(url, { signal, maxBodyBytes });
  } catch (error) {
    throw error instanceof Failure ? error : networkFailure(error, host);
  }
  if (response.status >= 500) {
    throw failure('HOST_UNREACHABLE', { host, problem: `it answers with HTTP ${response.status}` });
  }
  if (response.status !== 200) {
    throw failure('NOT_AN_INSTALLATION', { host, problem: `its sign-in answers with HTTP ${response.status}` });
  }
  const scopes = parseScopes(response.body).filter((scope) => usefulScopes.has(scope));
  if (scopes.length === 0) throw failure('NOT_AN_INSTALLATION', { host, problem: 'its sign-in names no scopes' });
  return scopes;
}

/** Anything else than a list of texts is no scopes at all. */
function parseScopes(body: string): readonly string[] {
  try {
    return asArray(JSON.parse(body), 'scopes').map((scope) => asString(scope, 'scope'));
  } catch {
    return [];
  }
}
