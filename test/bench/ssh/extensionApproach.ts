import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { parse } from 'ssh-config';
import ssh2 from 'ssh2';
import type { ServedGitpod } from './servedGitpod.ts';

/** How Gitpod's VS Code extension reads a host's configuration: one file, parsed; no `Include`, no `Match`. */
export function computeBySshConfig(configFile: string, host: string): Record<string, string | string[]> {
  return parse(readFileSync(configFile, 'utf8')).compute(host);
}

/** How it finds out whether SSH would work: it connects by ssh2 with the owner token as password, and hangs up. */
export async function testConnection({ sshPort, workspaceId, ownerToken }: ServedGitpod): Promise<void> {
  const client = new ssh2.Client();
  client.connect({ host: '127.0.0.1', port: sshPort, username: workspaceId, password: ownerToken });
  await once(client, 'ready');
  client.end();
  await once(client, 'close');
}
