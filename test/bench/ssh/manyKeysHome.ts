import { copyFileSync, existsSync } from 'node:fs';
import { type ScratchAgent, scratchAgent } from '../../support/ssh/scratchAgent.ts';
import { type ScratchHome, scratchHome } from '../../support/ssh/scratchHome.ts';
import { makeKey } from '../../support/ssh/sshTools.ts';

/** The most that OpenSSH takes for one host. */
const keyFiles = 100;

/** Makes a home whose configuration has 40 hosts and one more, `many`, that names 100 key files of four kinds. */
export async function manyKeysHome(): Promise<ScratchHome> {
  const home = scratchHome();
  const kinds = await Promise.all([
    makeKey(home.at('ed25519'), { type: 'ed25519' }),
    makeKey(home.at('rsa'), { type: 'rsa' }),
    makeKey(home.at('ecdsa'), { type: 'ecdsa', format: 'PEM', withoutPub: true }),
    makeKey(home.at('encrypted'), { type: 'ed25519', passphrase: 'secret', withoutPub: true }),
  ]);
  const paths = Array.from({ length: keyFiles }, (_, index) => home.at(`.ssh/key${index}`));
  for (const [index, path] of paths.entries()) {
    const original = kinds[index % kinds.length] ?? '';
    copyFileSync(original, path);
    if (existsSync(`${original}.pub`)) copyFileSync(`${original}.pub`, `${path}.pub`);
  }
  home.write('.ssh/hosts', hosts(20, 40));
  home.write('.ssh/config', [hosts(0, 20), 'Include hosts', 'Host many', ...paths.map(identityFile)].join('\n'));
  return home;
}

/** Starts an agent with this many keys of its own. */
export async function manyKeysAgent(home: ScratchHome, keys: number): Promise<ScratchAgent> {
  const paths = Array.from({ length: keys }, (_, index) => home.at(`agent-key${index}`));
  for (const path of paths) await makeKey(path, { type: 'ed25519', withoutPub: true });
  return scratchAgent(...paths);
}

function hosts(from: number, to: number): string {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  return numbers
    .map((number) => `Host host${number} *.group${number}.test\n  HostName h${number}.test\n  User u${number}\n`)
    .join('\n');
}

function identityFile(path: string): string {
  return `  IdentityFile ${path}`;
}
