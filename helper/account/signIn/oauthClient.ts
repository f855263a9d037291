/**
 * The OAuth client that the helper signs in as. It is registered as confidential, but its secret is a constant that
 * everybody knows (gitpod-wire §1.2): what protects the sign-in is PKCE, `state`, and the loopback redirect.
 */
export const oauthClient = { id: 'gitpod-cli', secret: 'gitpod-cli-secret' } as const;

/** The scopes that the helper has a use for; others that the client could have are not asked for. */
export const usefulScopes: ReadonlySet<string> = new Set([
  'function:createWorkspace',
  'function:deleteWorkspace',
  'function:getGitpodTokenScopes',
  'function:getIDEOptions',
  'function:getLoggedInUser',
  'function:getOwnerToken',
  'function:getSSHPublicKeys',
  'function:getSupportedWorkspaceClasses',
  'function:getTeam',
  'function:getTeams',
  'function:getWorkspace',
  'function:getWorkspaces',
  'function:listenForWorkspaceInstanceUpdates',
  'function:sendHeartBeat',
  'function:startWorkspace',
  'function:stopWorkspace',
  'resource:default',
]);
