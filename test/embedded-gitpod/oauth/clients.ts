/** A registered OAuth client (gitpod-wire §1.2). */
export interface OAuthClient {
  readonly id: string;
  readonly name: string;
  /** Absent for a public client. */
  readonly secret?: string;
  /** Compared as exact strings. */
  readonly redirectUris: readonly string[];
  readonly scopes: readonly string[];
}

const resource = 'resource:default';

const vscodeFunctions = [
  'getGitpodTokenScopes',
  'getLoggedInUser',
  'accessCodeSyncStorage',
  'getOwnerToken',
  'getWorkspace',
  'getWorkspaces',
  'getSSHPublicKeys',
  'sendHeartBeat',
  'startWorkspace',
  'stopWorkspace',
  'deleteWorkspace',
];

/** Every client that the server knows and that desktop tools use. */
export const oauthClients: readonly OAuthClient[] = [
  {
    id: 'gplctl-1.0',
    name: 'Gitpod local companion',
    secret: 'gplctl-1.0-secret',
    redirectUris: loopback(63_110, 63_119, ''),
    scopes: scopes(['getGitpodTokenScopes', 'getWorkspace', 'getWorkspaces', 'listenForWorkspaceInstanceUpdates']),
  },
  {
    id: 'gitpod-cli',
    name: 'Gitpod CLI',
    secret: 'gitpod-cli-secret',
    redirectUris: loopback(63_110, 63_119, ''),
    scopes: scopes([
      'listenForWorkspaceInstanceUpdates',
      'getGitpodTokenScopes',
      'getLoggedInUser',
      'accessCodeSyncStorage',
      'getOwnerToken',
      'getWorkspace',
      'getWorkspaces',
      'getSSHPublicKeys',
      'startWorkspace',
      'stopWorkspace',
      'deleteWorkspace',
      'getTeam',
      'getTeams',
      'getTeamMembers',
      'getTeamProjects',
      'createWorkspace',
      'getToken',
      'getSupportedWorkspaceClasses',
      'getIDEOptions',
    ]),
  },
  {
    id: 'jetbrains-gateway-gitpod-plugin',
    name: 'JetBrains Gateway Gitpod Plugin',
    redirectUris: loopback(63_342, 63_361, '/api/gitpod/oauth/authorization_code'),
    scopes: scopes([
      'getGitpodTokenScopes',
      'getIDEOptions',
      'getOwnerToken',
      'getWorkspace',
      'getWorkspaces',
      'listenForWorkspaceInstanceUpdates',
    ]),
  },
  {
    id: 'vscode-gitpod',
    name: 'VS Code',
    redirectUris: ['vscode://gitpod.gitpod-desktop/complete-gitpod-auth'],
    scopes: scopes(vscodeFunctions),
  },
];

/** Scopes that exist at all: those of some client. */
export function isKnownScope(scope: string): boolean {
  return oauthClients.some((client) => client.scopes.includes(scope));
}

function scopes(functions: readonly string[]): readonly string[] {
  return [...functions.map((name) => `function:${name}`), resource];
}

function loopback(firstPort: number, lastPort: number, path: string): readonly string[] {
  return Array.from({ length: lastPort - firstPort + 1 }, (_, index) => `http://127.0.0.1:${firstPort + index}${path}`);
}
