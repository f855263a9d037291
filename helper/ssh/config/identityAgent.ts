import type { OpenSshEnvironment } from './openSsh.ts';

/** Which agent `IdentityAgent` names (ssh_config(5)). */
export type IdentityAgent =
  /** No agent may be used. */
  | { readonly kind: 'none' }
  | { readonly kind: 'path'; readonly path: string }
  /** The one whose path this environment variable holds. */
  | { readonly kind: 'variable'; readonly name: string }
  /** Not configured, which means `SSH_AUTH_SOCK`. */
  | { readonly kind: 'unset' };

/** The pipe of Windows' own agent service. */
const WINDOWS_AGENT_PIPE = '\\\\.\\pipe\\openssh-ssh-agent';

/** Reads the value as `ssh -G` prints it, with `~`, tokens and `${VARIABLE}` expanded; undefined when it prints none. */
export function parseIdentityAgent(value: string | undefined): IdentityAgent {
  if (value === undefined) return { kind: 'unset' };
  if (value === 'none') return { kind: 'none' };
  if (value === 'SSH_AUTH_SOCK') return { kind: 'variable', name: value };
  const [, name] = /^\$([A-Za-z_]\w*)$/.exec(value) ?? [];
  return name === undefined ? { kind: 'path', path: value } : { kind: 'variable', name };
}

/** Gives the socket or pipe of the agent to use; undefined when there is none to use. */
export function agentPathOf(agent: IdentityAgent, environment: OpenSshEnvironment): string | undefined {
  switch (agent.kind) {
    case 'none':
      return undefined;
    case 'path':
      return agent.path;
    case 'variable':
      return pathInVariable(agent.name, environment);
    case 'unset':
      return pathInVariable('SSH_AUTH_SOCK', environment) ?? systemAgent();
  }
}

function pathInVariable(name: string, environment: OpenSshEnvironment): string | undefined {
  const path = environment.env[name];
  return path === '' ? undefined : path;
}

function systemAgent(): string | undefined {
  return process.platform === 'win32' ? WINDOWS_AGENT_PIPE : undefined;
}
