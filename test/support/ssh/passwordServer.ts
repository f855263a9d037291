import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';
import type { ScratchHome } from './scratchHome.ts';
import { makeKey } from './sshTools.ts';

export interface PasswordServer extends AsyncDisposable {
  readonly port: number;
  /** What it was given. */
  readonly passwords: readonly string[];
}

/** An SSH server on loopback that wants a password and takes none. */
export async function passwordServer(home: ScratchHome): Promise<PasswordServer> {
  const hostKey = await makeKey(home.at('password_server_key'), { type: 'ed25519' });
  const passwords: string[] = [];
  const server = new ssh2.Server({ hostKeys: [readFileSync(hostKey)] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      if (context.method === 'password') passwords.push(context.password);
      context.reject(['password']);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    port,
    passwords,
    [Symbol.asyncDispose]: async () => {
      server.close();
    },
  };
}
