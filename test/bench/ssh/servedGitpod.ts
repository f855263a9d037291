import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** An embedded Gitpod in a process of its own, so that its work is not counted as the client's. */
export interface ServedGitpod extends AsyncDisposable {
  readonly sshPort: number;
  /** A running workspace and its owner token. */
  readonly workspaceId: string;
  readonly ownerToken: string;
}

export async function serveGitpod(): Promise<ServedGitpod> {
  const main = join(import.meta.dirname, '../../embedded-gitpod/main.ts');
  const server = spawn(process.execPath, [main, '--json'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(server.stdout, 'data');
  const { ssh_port, workspaces } = JSON.parse(String(line));
  const [{ id, owner_token }] = workspaces.filter(({ phase }: { phase: string }) => phase === 'running');
  return {
    sshPort: ssh_port,
    workspaceId: id,
    ownerToken: owner_token,
    [Symbol.asyncDispose]: async () => {
      server.stdin.end();
      await once(server, 'exit');
    },
  };
}
