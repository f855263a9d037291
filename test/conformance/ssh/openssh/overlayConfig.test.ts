import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { passwdHome } from '../../../../helper/platform/home.ts';
import { parseSshG } from '../../../../helper/ssh/config/sshG.ts';
import { deviationsFrom, expectedResolution } from '../../../../helper/ssh/openssh/expectedResolution.ts';
import { overlayConfigText } from '../../../../helper/ssh/openssh/managedConfig.ts';
import { type ScratchHome, scratchHome } from '../../../support/ssh/scratchHome.ts';
import { runTool } from '../../../support/ssh/sshTools.ts';
import { configOf } from './support/managed.ts';

const config = configOf();
const ourHosts = config.clusters.flatMap(({ hosts }) => hosts.map(({ host }) => host));

async function resolve(home: ScratchHome, file: string, host: string) {
  return parseSshG(await runTool('ssh', ['-F', file, '-G', '--', host], { HOME: home.path }));
}

test('goes on with the user’s and then the system’s configuration, for every host', async () => {
  await using home = scratchHome();
  const user = home.write('.ssh/config', 'SendEnv USER\nHost *.test\n  Compression yes\n  Include more\n');
  home.write('.ssh/more', 'ForwardAgent yes\n');
  const system = home.write('system', 'Compression no\nSendEnv SYSTEM\n');
  const overlay = home.write('overlay', overlayConfigText(config, { user, system }));
  for (const host of ['other.test', ...ourHosts]) {
    const output = await resolve(home, overlay, host);
    expect(output.get('sendenv')).toEqual(['USER', 'SYSTEM']);
    const isTest = host.endsWith('.test');
    expect(output.get('compression')).toEqual([isTest ? 'yes' : 'no']);
    expect(output.get('forwardagent')).toEqual([isTest ? 'yes' : 'no']);
  }
  for (const expectation of expectedResolution(config)) {
    expect(deviationsFrom(expectation, await resolve(home, overlay, expectation.host))).toEqual([]);
  }
});

test('with neither of them is our hosts alone', async () => {
  await using home = scratchHome();
  const overlay = home.write('overlay', overlayConfigText(config, {}));
  expect(await resolve(home, overlay, 'other.test')).toEqual(await resolve(home, 'none', 'other.test'));
});

test('finds the user’s file whatever its name', async () => {
  await using home = scratchHome();
  const user = home.write('a "b" \\ [c]*?%h $d é/config', 'Port 7\n');
  const overlay = home.write('overlay', overlayConfigText(config, { user }));
  expect((await resolve(home, overlay, 'other.test')).get('port')).toEqual(['7']);
});

const canBind = (() => {
  try {
    execFileSync('unshare', ['-m', 'sh', '-c', 'mount --bind /tmp "$0" && test -e /etc/ssh/ssh_config', passwdHome()]);
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!canBind)('for other hosts, ssh -F of it is ssh without -F', () => {
  /** Where the scratch home is in the place of the passwd home, and a file in that of the system's configuration. */
  async function resolveInPlace(home: ScratchHome, args: readonly string[]) {
    const bind = 'mount --bind "$0" "$1" && mount --bind "$2" /etc/ssh/ssh_config && shift 2 && exec ssh "$@"';
    const command = ['-m', 'sh', '-c', bind, home.path, passwdHome(), home.at('system'), ...args];
    return parseSshG(await runTool('unshare', command, { HOME: passwdHome() }));
  }

  test.each([
    '',
    'Host *\n  User me\n',
    'User me\nHost other.test\n  Port 1\n  Include more\nHost nobody\n  Port 2\n',
    'Match host *.test exec "true"\n  ProxyJump jump\nMatch final all\n  Port 3\n',
    'Include ~/.ssh/more\nIdentityFile ~/.ssh/x\n',
  ])('%j', async (text) => {
    await using home = scratchHome(text);
    home.write('.ssh/more', 'Host *.test\n  HostName inner.test\n');
    home.write('system', 'Host *\n  SendEnv LANG LC_*\n  HashKnownHosts yes\n  User system\n');
    const ordinary = { user: `${passwdHome()}/.ssh/config`, system: '/etc/ssh/ssh_config' };
    home.write('overlay', overlayConfigText(config, ordinary));
    for (const host of ['other.test', 'else']) {
      const plain = await resolveInPlace(home, ['-G', host]);
      expect(plain.get('hashknownhosts')).toEqual(['yes']);
      expect(await resolveInPlace(home, ['-F', `${passwdHome()}/overlay`, '-G', host])).toEqual(plain);
    }
  });
});
