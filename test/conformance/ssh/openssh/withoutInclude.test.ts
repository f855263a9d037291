import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { resolveHostConfig } from '../../../../helper/ssh/config/hostConfig.ts';
import { runSshG } from '../../../../helper/ssh/config/sshG.ts';
import { SshConfigError } from '../../../../helper/ssh/errors.ts';
import { includeLine } from '../../../../helper/ssh/openssh/includeLine.ts';
import { resolveWithoutInclude } from '../../../../helper/ssh/openssh/withoutInclude.ts';
import { scratchHome } from '../../../support/ssh/scratchHome.ts';

const options = { signal: new AbortController().signal, deadlineMs: 20_000 };

function requireSsh(path: string | undefined): string {
  if (path === undefined) throw new Error('there is no ssh');
  return path;
}

test('what the included file sets is not seen, what the user sets is, relative includes too', async () => {
  await using home = scratchHome();
  const managed = home.write('managed', 'Host *\n  ProxyCommand ours\n  User ours\n  IdentityFile /ours\n');
  home.write('.ssh/more', 'IdentityFile /theirs\n');
  const text = `${includeLine(managed)}\nUser theirs\nInclude more\nProxyJump jump\n`;
  home.write('.ssh/config', text);
  const environment = home.environment();
  const seen = await resolveHostConfig({ host: 'a' }, environment, options);
  expect(seen).toMatchObject({ user: 'ours', proxyCommand: 'ours', proxyJump: undefined });
  for (const resolver of [environment, { ...environment, sshPath: undefined }]) {
    const config = await resolveWithoutInclude(resolver, managed, (users) =>
      resolveHostConfig({ host: 'a' }, users, options),
    );
    expect(config).toMatchObject({ user: 'theirs', proxyCommand: undefined, proxyJump: 'jump' });
    expect(config.identityFiles).toEqual([{ path: '/theirs', origin: 'config' }]);
  }
  expect(readFileSync(home.at('.ssh/config'), 'utf8')).toBe(text);
});

test('the copy is private while it is there, and removed, also after an error', async () => {
  await using home = scratchHome(`${includeLine('/managed')}\n`);
  let copy = '';
  const failing = resolveWithoutInclude(home.environment(), '/managed', async ({ configFile = '' }) => {
    copy = configFile;
    expect(readFileSync(copy, 'utf8')).toBe('\n');
    throw new SshConfigError(`${copy} line 3: no`, { file: copy, line: 3 });
  });
  const file = home.at('.ssh/config');
  await expect(failing).rejects.toMatchObject({ file, line: 3, message: `${file} line 3: no` });
  expect(existsSync(copy)).toBe(false);
});

test('nothing is copied where there is nothing to leave out', async () => {
  await using home = scratchHome('User me\n');
  const environment = home.environment();
  expect(await resolveWithoutInclude(environment, '/managed', async (users) => users)).toBe(environment);
});

test.runIf(existsSync('/etc/ssh/ssh_config'))("the system's configuration still comes after the user's", async () => {
  await using home = scratchHome(`${includeLine('/managed')}\nHost other\n  User me\n`);
  const environment = { ...home.environment(), homeIsOverridden: false };
  const sshPath = requireSsh(environment.sshPath);
  const ours = await resolveWithoutInclude(environment, '/managed', (users) =>
    runSshG(sshPath, { host: 'a' }, users, options),
  );
  const system = { ...environment, configFile: '/etc/ssh/ssh_config' };
  expect(ours).toEqual(await runSshG(sshPath, { host: 'a' }, system, options));
});
