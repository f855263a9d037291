import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Faults } from '../faults.ts';
import { type Answer, answer, html, json, plainText } from '../https/answer.ts';
import type { Directory } from '../model/directory.ts';
import type { EmbeddedUser } from '../model/user.ts';
import { type AuthorizationCode, codeLifetimeMs } from './authorizationCodes.ts';
import { findClient, parseAuthorizeRequest, redirectUriOf } from './authorizeRequest.ts';
import { JsonWebTokens } from './jsonWebToken.ts';
import { OAuthError, refusal } from './oauthError.ts';
import { authenticateClient, readTokenRequest, requireMatch } from './tokenRequest.ts';

const accessTokenLifetimeSeconds = 300;

/** `/api/oauth/…` of the installation: authorize, token and inspect (gitpod-wire §1). */
export class OAuthServer {
  readonly #directory: Directory;
  readonly #faults: Faults;
  readonly #tokens = new JsonWebTokens(randomBytes(32));
  readonly #codes = new Map<string, AuthorizationCode>();

  constructor(options: { readonly directory: Directory; readonly faults: Faults }) {
    this.#directory = options.directory;
    this.#faults = options.faults;
  }

  /** Answers a request below `/api/oauth/`. */
  async answer(request: IncomingMessage, url: URL, origin: string): Promise<Answer> {
    const fault = this.#faults.oauthAnswers.get(url.pathname);
    if (fault !== undefined) return answer(fault.status, fault.body, fault.headers);
    try {
      switch (`${request.method} ${url.pathname}`) {
        case 'GET /api/oauth/authorize':
          return this.#authorize(request, url, origin);
        case 'POST /api/oauth/token':
          await this.#faults.oauthExchangesAfter;
          return await this.#exchange(request);
        case 'GET /api/oauth/inspect':
          return inspect(url.searchParams.get('client') ?? '');
        default:
          return answer(404, 'Not Found', plainText);
      }
    } catch (error) {
      if (error instanceof OAuthError) return refusal(error);
      throw error;
    }
  }

  /** Makes every code that was given out worth nothing, as 15 minutes do. */
  expireCodes(): void {
    for (const code of this.#codes.values()) code.expiresAt = 0;
  }

  /** Login, then approval, then the code (gitpod-wire §1.3). */
  #authorize(request: IncomingMessage, url: URL, origin: string): Answer {
    const { searchParams: query } = url;
    const clientId = query.get('client_id');
    if (clientId === null) return answer(400, 'missing client_id', plainText);
    const user = this.#directory.findBySession(request.headers.cookie ?? '');
    const returnToPath = `${url.pathname}${url.search}`;
    if (user === undefined) return redirect(`${origin}/login?${new URLSearchParams({ returnToPath })}`);
    if (user.blocked) return answer(403, 'blocked', plainText);
    const instead = approve(query, clientId, user, `${origin}/oauth-approval`, returnToPath);
    if (instead !== undefined) return instead;
    const { state, ...asked } = parseAuthorizeRequest(query);
    const codeId = randomUUID();
    this.#codes.set(codeId, { ...asked, user, expiresAt: Date.now() + codeLifetimeMs });
    const result = new URLSearchParams({ code: this.#tokens.sign({ auth_code_id: codeId }) });
    if (state !== undefined) result.set('state', state);
    return answer(302, '', { Location: `${asked.redirectUri}?${result}` });
  }

  async #exchange(request: IncomingMessage): Promise<Answer> {
    const fields = readTokenRequest(request.headers['content-type'] ?? '', await text(request));
    const client = authenticateClient(fields, request.headers.authorization);
    const codeId = this.#tokens.open(fields.get('code') ?? '')?.['auth_code_id'];
    const code = typeof codeId === 'string' ? this.#codes.get(codeId) : undefined;
    if (code === undefined) throw new OAuthError(400, 'Malformed or unknown code');
    requireMatch(code, client, fields);
    code.expiresAt = 0;
    const token = code.user.createToken(code.scopes);
    const now = Math.floor((Date.now() + this.#faults.oauthClockOffsetMs) / 1000);
    const times = { iat: now, nbf: now, exp: now + accessTokenLifetimeSeconds };
    const scope = code.scopes.join(' ');
    const claims = { cid: client.name, scope, sub: code.user.id, ...times, jti: token };
    const content = {
      token_type: 'Bearer',
      expires_in: accessTokenLifetimeSeconds,
      access_token: this.#tokens.sign(claims),
      refresh_token: this.#tokens.sign({ access_token_id: randomUUID() }),
      scope,
    };
    return answer(200, JSON.stringify(content), { ...json, 'Cache-Control': 'no-store', Pragma: 'no-cache' });
  }
}

/** A user approves a client once. @returns what to answer instead of a code. */
function approve(
  query: URLSearchParams,
  clientId: string,
  user: EmbeddedUser,
  approvalPage: string,
  returnToPath: string,
): Answer | undefined {
  const client = findClient(clientId);
  if (client === undefined) return undefined;
  switch (query.get('approved')) {
    case 'yes':
      user.approvedClients.add(client.id);
      return undefined;
    case 'no':
      user.approvedClients.delete(client.id);
      return redirect(`${redirectUriOf(query, client)}?approved=no`);
    default: {
      if (user.approvedClients.has(client.id)) return undefined;
      const page = new URLSearchParams({ clientID: client.id, clientName: client.name, returnToPath });
      return redirect(`${approvalPage}?${page}`);
    }
  }
}

/** With a fragment that means nothing, as the dashboard's redirects have one. */
function redirect(location: string): Answer {
  return answer(302, `Found. Redirecting to ${location}`, { ...html, Location: `${location}#-` });
}

function inspect(clientId: string): Answer {
  const client = findClient(clientId);
  if (client === undefined) return answer(400, 'unknown client', plainText);
  return answer(200, JSON.stringify(client.scopes), json);
}
