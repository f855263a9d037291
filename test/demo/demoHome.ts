import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A home directory for the demonstration: freshly made keys, and a real agent where this machine has one. */
export interface DemoHome {
  readonly path: string;
  /** The public key whose private half is in the agent, or in a file where there is no agent. To be registered. */
  readonly registeredKey: string;
  /** Undefined where this machine has no ssh-agent. */
  readonly agentPath: string | undefined;
}

/** Makes the home. Everything of it is released with `resources`. */
export async function makeDemoHome(resources: AsyncDisposableStack): Promise<DemoHome> {
  const path = await mkdtemp(join(tmpdir(), 'gitpod-helper-demo-'));
  resources.defer(() => rm(path, { recursive: true, force: true }));
  await mkdir(join(path, '.ssh'), { mode: 0o700 });

  const registered = join(path, '.ssh/id_ed25519');
  makeKey(registered, 'ed25519', '', 'registered with the account');
  makeKey(join(path, '.ssh/id_rsa'), 'rsa', '', 'known to nobody');
  makeKey(join(path, '.ssh/id_ecdsa'), 'ecdsa', 'a passphrase', 'encrypted');
  const registeredKey = await readFile(`${registered}.pub`, 'utf8');

  const agentPath = await startAgent(join(path, 'agent.sock'), resources);
  if (agentPath !== undefined) {
    spawnSync('ssh-add', ['-q', registered], { env: { ...process.env, SSH_AUTH_SOCK: agentPath }, stdio: 'ignore' });
  }
  return { path, registeredKey, agentPath };
}

function makeKey(path: string, type: string, passphrase: string, comment: string): void {
  const { status } = spawnSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', comment, '-f', path]);
  if (status !== 0) throw new Error('ssh-keygen is needed: install the OpenSSH client (Debian: openssh-client)');
}

async function startAgent(path: string, resources: AsyncDisposableStack): Promise<string | undefined> {
  const agent = spawn('ssh-agent', ['-D', '-a', path], { stdio: ['ignore', 'pipe', 'ignore'] });
  const started = await Promise.race([
    once(agent.stdout, 'data').then(() => true), // it announces its socket once that is listening
    once(agent, 'error').then(() => false),
  ]);
  if (!started) return undefined;
  resources.defer(async () => {
    const exited = once(agent, 'exit');
    agent.kill();
    await exited;
  });
  return path;
}
