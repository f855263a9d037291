import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect } from 'vitest';
import { parseSshG, type SshGOutput } from '../../../../../helper/ssh/config/sshG.ts';
import { deviationsFrom, expectedResolution } from '../../../../../helper/ssh/openssh/expectedResolution.ts';
import { managedConfigText } from '../../../../../helper/ssh/openssh/managedConfig.ts';
import { writePrivateFile } from '../../../../../helper/ssh/openssh/privateFile.ts';
import { installInclude, removeInclude } from '../../../../../helper/ssh/openssh/userConfigInclude.ts';
import { type ScratchHome, scratchHome } from '../../../../support/ssh/scratchHome.ts';
import { runTool } from '../../../../support/ssh/sshTools.ts';
import { configOf } from './managed.ts';

const signal = new AbortController().signal;
const managed = configOf();
const expectations = expectedResolution(managed);
const otherHosts = ['other.test', 'ws.test', 'blue'];

const pattern = fc.constantFrom(
  ...['*', '*.test', '*.ssh.ws.test', 'blue-*', 'red-owl-xyz98765.ssh.ws.test', 'other.*', '!other.*', '!*.ws.test'],
);

const condition = fc.oneof(
  fc.array(pattern, { minLength: 1, maxLength: 3 }).map((patterns) => `Host ${patterns.join(' ')}`),
  pattern.map((only) => `Match host ${only}`),
  pattern.map((only) => `Match originalhost ${only} exec "true"`),
  pattern.map((only) => `Match final host ${only}`),
  fc.constantFrom('Match all', 'Match user me', 'Match !exec "true"', 'Match canonical'),
);

const setting = fc.constantFrom(
  ...['User me', 'HostName real.test', 'HostName %h.test', 'Port 2222', 'ProxyCommand nc %h %p', 'ProxyCommand none'],
  ...['ProxyJump jump', 'ProxyJump none', 'IdentityFile ~/.ssh/mine', 'IdentityFile none', 'IdentitiesOnly no'],
  ...['CertificateFile ~/.ssh/c', 'IdentityAgent none', 'UserKnownHostsFile ~/.ssh/k', 'GlobalKnownHostsFile /k'],
  ...['HostKeyAlias theirs', 'StrictHostKeyChecking no', 'StrictHostKeyChecking accept-new', 'UpdateHostKeys ask'],
  ...['CheckHostIP yes', 'ControlMaster auto', 'ControlPath ~/.ssh/%C', 'ControlPersist 10m', 'ForwardAgent yes'],
  ...[
    'ServerAliveInterval 7',
    'ServerAliveCountMax 1',
    'SendEnv A',
    'SetEnv B=1',
    'LocalForward 1 h:2',
    'Compression yes',
  ],
  ...['CanonicalizeHostname yes', 'KnownHostsCommand /bin/false', 'RequestTTY no', 'Include more', '# comment', ''],
);

const userConfig = fc
  .tuple(
    fc.array(setting, { maxLength: 3 }),
    fc.array(fc.tuple(condition, fc.array(setting, { maxLength: 4 })), { maxLength: 5 }),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
  )
  .map(([first, blocks, lineEnd, endsWithLineEnd]) => {
    const lines = [...first, ...blocks.flatMap(([head, settings]) => [head, ...settings.map((line) => `  ${line}`)])];
    return lines.join(lineEnd) + (endsWithLineEnd ? lineEnd : '');
  });

/**
 * Whatever the user's configuration: once ours is included, OpenSSH resolves our hosts as expected and every other host
 * as before, keyword by keyword; and once it is taken out again, the file is what it was.
 */
export async function assertInstallChangesOnlyOurHosts(runs: number): Promise<void> {
  await using home = scratchHome();
  home.write('.ssh/more', 'User included\nHost *.test\n  ServerAliveCountMax 9\n');
  const managedFile = home.at('.helper/config');
  await writePrivateFile(managedFile, managedConfigText(managed));
  const environment = home.environment();
  await fc.assert(
    fc.asyncProperty(userConfig, async (text) => {
      const file = home.write('.ssh/config', text);
      const before = await resolveAll(home, otherHosts);
      await installInclude(environment, managedFile, { expectations: [], otherHosts: [] }, { signal });
      expect(await resolveAll(home, otherHosts)).toEqual(before);
      const ours = await resolveAll(
        home,
        expectations.map(({ host }) => host),
      );
      expect(
        expectations.flatMap((expectation, index) => deviationsFrom(expectation, ours[index] ?? new Map())),
      ).toEqual([]);
      await removeInclude(environment, managedFile, { signal });
      expect(readFileSync(file, 'utf8')).toBe(text);
    }),
    { numRuns: runs },
  );
}

function resolveAll(home: ScratchHome, hosts: readonly string[]): Promise<SshGOutput[]> {
  const env = { HOME: home.path };
  return Promise.all(
    hosts.map(async (host) => parseSshG(await runTool('ssh', ['-F', home.at('.ssh/config'), '-G', '--', host], env))),
  );
}
