import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from './sshTools.ts';

export interface ScratchAgent extends AsyncDisposable {
  readonly path: string;
  readonly add: (...keyFiles: string[]) => Promise<void>;
  /** Locks it with a password. */
  readonly lock: () => Promise<void>;
}

/** Starts a real ssh-agent that ends on disposal. */
export async function scratchAgent(...keyFiles: string[]): Promise<ScratchAgent> {
  const directory = await mkdtemp(join(tmpdir(), 'agent-'));
  const path = join(directory, 's');
  const agent = spawn('ssh-agent', ['-D', '-a', path], { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(agent, 'exit');
  await once(agent.stdout, 'data'); // it announces its socket once that is listening
  const variables = { SSH_AUTH_SOCK: path };
  const add = async (...files: string[]) => {
    for (const file of files) await runTool('ssh-add', ['-q', file], variables);
  };
  const lock = async () => {
    const askpass = join(directory, 'askpass');
    await writeFile(askpass, '#!/bin/sh\necho secret\n', { mode: 0o700 });
    await runTool('ssh-add', ['-x'], { ...variables, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force' });
  };
  await add(...keyFiles);
  return {
    path,
    add,
    lock,
    [Symbol.asyncDispose]: async () => {
      agent.kill();
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
