import type { EmbeddedUser } from '../model/user.ts';
import type { OAuthClient } from './clients.ts';

/** What an authorization code stands for, and may be exchanged once for. */
export interface AuthorizationCode {
  readonly client: OAuthClient;
  readonly user: EmbeddedUser;
  /** As it was given at the authorize endpoint, without its query. */
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly challenge: string;
  readonly challengeMethod: 'S256' | 'plain';
  /** Milliseconds since the epoch; 0 once it was used. */
  expiresAt: number;
}

/** How long a code may be exchanged (gitpod-wire §1.4). */
export const codeLifetimeMs = 15 * 60_000;
