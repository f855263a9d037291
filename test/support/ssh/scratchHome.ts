import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type OpenSshEnvironment, openSshEnvironment } from '../../../helper/ssh/config/openSsh.ts';

export interface ScratchHome extends AsyncDisposable {
  readonly path: string;
  /** Gives the absolute path of a file below the home. */
  readonly at: (name: string) => string;
  /** Writes a file below the home, 0600, and gives its path. */
  readonly write: (name: string, content: string | Buffer) => string;
  /** The environment of the helper for this home, with this agent or none. */
  readonly environment: (agentPath?: string) => OpenSshEnvironment;
}

/** Makes a home directory that is removed on disposal, with an OpenSSH configuration if one is given. */
export function scratchHome(config?: string): ScratchHome {
  const path = mkdtempSync(join(tmpdir(), 'home-'));
  const at = (name: string) => join(path, name);
  const write = (name: string, content: string | Buffer) => {
    mkdirSync(dirname(at(name)), { recursive: true, mode: 0o700 });
    writeFileSync(at(name), content, { mode: 0o600 });
    return at(name);
  };
  mkdirSync(at('.ssh'), { mode: 0o700 });
  if (config !== undefined) write('.ssh/config', config);
  const environment = (agentPath?: string) =>
    openSshEnvironment({ home: path, env: { ...scratchVariables(path), SSH_AUTH_SOCK: agentPath } });
  return { path, at, write, environment, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** What OpenSSH's programs need of the environment, and no more. */
export function scratchVariables(home: string): Record<string, string | undefined> {
  return { PATH: process.env['PATH'], HOME: home };
}
