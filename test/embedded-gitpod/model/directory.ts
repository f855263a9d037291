import { isPersonalAccessToken, PersonalAccessTokenSigner, type StoredToken, sha256Hex } from './accessToken.ts';
import { EmbeddedUser } from './user.ts';
import type { EmbeddedWorkspace } from './workspace.ts';

export interface Authenticated {
  readonly user: EmbeddedUser;
  readonly token: StoredToken;
}

/** Every user and workspace, and who a Bearer token belongs to. */
export class Directory {
  readonly #signer = new PersonalAccessTokenSigner();
  readonly #users: EmbeddedUser[] = [];
  readonly #workspaces = new Map<string, EmbeddedWorkspace>();

  addUser(name: string): EmbeddedUser {
    const user = new EmbeddedUser(name, this.#signer);
    this.#users.push(user);
    return user;
  }

  /** The user whose browser sends this `Cookie` header. */
  findBySession(cookie: string): EmbeddedUser | undefined {
    return this.#users.find(({ session }) => cookie.split('; ').includes(`_gitpod_session=${session}`));
  }

  addWorkspace(workspace: EmbeddedWorkspace): void {
    this.#workspaces.set(workspace.id, workspace);
  }

  deleteWorkspace(workspace: EmbeddedWorkspace): void {
    this.#workspaces.delete(workspace.id);
  }

  findWorkspace(id: string): EmbeddedWorkspace | undefined {
    return this.#workspaces.get(id);
  }

  workspacesOf(owner: EmbeddedUser): EmbeddedWorkspace[] {
    return [...this.#workspaces.values()].filter((workspace) => workspace.owner === owner);
  }

  /** Who presents this token, or the text of the refusal (gitpod-wire §1.7). */
  authenticate(token: string): Authenticated | { readonly refusal: string } {
    if (!isPersonalAccessToken(token)) return this.#lookUp(sha256Hex(token), 'oauth', 'invalid Bearer token');
    const value = this.#signer.open(token);
    const refusal = 'Invalid personal access token';
    if (value === undefined) return { refusal };
    return this.#lookUp(sha256Hex(value), 'personal-access-token', refusal);
  }

  #lookUp(hash: string, kind: StoredToken['kind'], refusal: string): Authenticated | { readonly refusal: string } {
    for (const user of this.#users) {
      const token = user.findToken(hash);
      if (token?.kind === kind) return { user, token };
    }
    return { refusal };
  }
}
