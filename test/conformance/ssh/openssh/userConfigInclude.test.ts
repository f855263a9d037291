import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openSshEnvironment } from '../../../../helper/ssh/config/openSsh.ts';
import { SshConfigConflictError, SshConfigWriteError } from '../../../../helper/ssh/openssh/errors.ts';
import { expectedResolution } from '../../../../helper/ssh/openssh/expectedResolution.ts';
import { includeStatus } from '../../../../helper/ssh/openssh/includeStatus.ts';
import { managedConfigText } from '../../../../helper/ssh/openssh/managedConfig.ts';
import { writePrivateFile } from '../../../../helper/ssh/openssh/privateFile.ts';
import { installInclude, removeInclude } from '../../../../helper/ssh/openssh/userConfigInclude.ts';
import { type ScratchHome, scratchHome, scratchVariables } from '../../../support/ssh/scratchHome.ts';
import { runTool } from '../../../support/ssh/sshTools.ts';
import { configOf } from './support/managed.ts';

const signal = new AbortController().signal;
const managed = configOf();
const check = { expectations: expectedResolution(managed), otherHosts: ['other.test', 'ws.test'] };

function managedFileIn(home: ScratchHome): string {
  return home.at('.helper/ssh config');
}

async function install(home: ScratchHome, overrides: Partial<typeof check> = {}) {
  await writePrivateFile(managedFileIn(home), managedConfigText(managed));
  return installInclude(home.environment(), managedFileIn(home), { ...check, ...overrides }, { signal });
}

function remove(home: ScratchHome) {
  return removeInclude(home.environment(), managedFileIn(home), { signal });
}

function status(home: ScratchHome) {
  return includeStatus(home.environment(), managedFileIn(home), check.expectations, { signal });
}

function contentOf(home: ScratchHome): string {
  return readFileSync(home.at('.ssh/config'), 'utf8');
}

/**
 * A line at which OpenSSH appends another to the file it is reading, once, as soon as there is a line like `awaited` in it.
 * What follows it counts while there is an Include.
 */
function savingOnce(home: ScratchHome, awaited = ''): { line: string; saved: string } {
  const config = home.at('.ssh/config');
  const saved = '# saved meanwhile\n';
  const script = `grep -q '${awaited}' ${config} && mkdir ${home.at('done')} 2>&- && echo '${saved.trim()}' >> ${config}`;
  return { line: `Match exec "sh ${home.write('save', `${script}\ngrep -q ^Include ${config}\n`)}"\n`, saved };
}

async function errorOf(running: Promise<unknown>): Promise<unknown> {
  return running.then(
    () => undefined,
    (reason: unknown) => reason,
  );
}

describe('installing', () => {
  test('puts one line before the user’s own, and is in force', async () => {
    await using home = scratchHome('Host *\n  ProxyJump jump\n  IdentityFile ~/.ssh/mine\n  User me\n');
    expect(await install(home)).toEqual({
      userConfigFile: home.at('.ssh/config'),
      change: 'installed',
      isVerified: true,
      warnings: [],
    });
    expect(contentOf(home)).toBe(
      `Include "${managedFileIn(home)}"\nHost *\n  ProxyJump jump\n  IdentityFile ~/.ssh/mine\n  User me\n`,
    );
    expect(await status(home)).toMatchObject({ place: 'first-line', inForce: 'yes', conflicts: [] });
  });

  test('again changes nothing, not even the file', async () => {
    await using home = scratchHome('Host a\n');
    await install(home);
    const { ino, mtimeMs } = statSync(home.at('.ssh/config'));
    expect(await install(home)).toMatchObject({ change: 'unchanged' });
    expect(statSync(home.at('.ssh/config'))).toMatchObject({ ino, mtimeMs });
  });

  test.each(['', 'Host a', 'Host a\r\n  Port 1\r\n', '\n\n# x\n', '# \u00e9\n'])(
    'and removing gives back %j',
    async (text) => {
      await using home = scratchHome(text);
      await install(home);
      expect(await remove(home)).toBe('removed');
      expect(contentOf(home)).toBe(text);
      expect(await remove(home)).toBe('absent');
    },
  );

  test.each([0o600, 0o644, 0o400])('and removing keeps mode %o', async (mode) => {
    await using home = scratchHome();
    writeFileSync(home.at('.ssh/config'), 'Host a\n', { mode });
    await install(home);
    expect(statSync(home.at('.ssh/config')).mode & 0o777).toBe(mode);
    await remove(home);
    expect(statSync(home.at('.ssh/config')).mode & 0o777).toBe(mode);
  });

  test('and removing keeps symbolic links', async () => {
    await using home = scratchHome();
    home.write('dotfiles/ssh_config', 'Host a\n');
    symlinkSync('../dotfiles/link', home.at('.ssh/config'));
    symlinkSync('ssh_config', home.at('dotfiles/link'));
    await install(home);
    expect(lstatSync(home.at('.ssh/config')).isSymbolicLink()).toBe(true);
    expect(readFileSync(home.at('dotfiles/ssh_config'), 'utf8')).toMatch(/^Include/);
    await remove(home);
    expect(readFileSync(home.at('dotfiles/ssh_config'), 'utf8')).toBe('Host a\n');
    expect(readdirSync(home.at('dotfiles')).sort()).toEqual(['link', 'ssh_config']);
  });

  test('leaves nothing but the file in the directory', async () => {
    await using home = scratchHome('Host a\n');
    await install(home);
    await remove(home);
    expect(readdirSync(home.at('.ssh'))).toEqual(['config']);
  });

  test('keeps what an editor saves before the line is written', async () => {
    await using home = scratchHome();
    const { line, saved } = savingOnce(home);
    home.write('.ssh/config', line);
    await install(home);
    expect(contentOf(home)).toBe(`Include "${managedFileIn(home)}"\n${line}${saved}`);
  });

  test('keeps what an editor saves until all is undone', async () => {
    await using home = scratchHome();
    const { line, saved } = savingOnce(home, '^Include');
    home.write('.ssh/config', `${line}  User changed\n`);
    expect(await errorOf(install(home))).toBeInstanceOf(SshConfigConflictError);
    expect(contentOf(home)).toBe(`${line}  User changed\n${saved}`);
  });

  test('keeps symbolic links that are relative to where a linked directory is', async () => {
    await using home = scratchHome();
    home.write('dotfiles/common/ssh_config', 'Host a\n');
    mkdirSync(home.at('dotfiles/ssh'));
    symlinkSync('../common/ssh_config', home.at('dotfiles/ssh/config'));
    rmdirSync(home.at('.ssh'));
    symlinkSync('dotfiles/ssh', home.at('.ssh'));
    await install(home);
    expect(readFileSync(home.at('dotfiles/common/ssh_config'), 'utf8')).toMatch(/^Include .*\nHost a\n$/);
    await remove(home);
    expect(readFileSync(home.at('dotfiles/common/ssh_config'), 'utf8')).toBe('Host a\n');
    expect(readdirSync(home.path).sort()).toEqual(['.helper', '.ssh', 'dotfiles']);
  });

  test('moves the line back up when another was put above it', async () => {
    await using home = scratchHome('Host a\n');
    await install(home);
    home.write('.ssh/config', `Host *\n  User me\n${contentOf(home)}`);
    expect(await install(home)).toMatchObject({ change: 'installed' });
    expect(contentOf(home)).toBe(`Include "${managedFileIn(home)}"\nHost *\n  User me\nHost a\n`);
  });

  test('into a -F file', async () => {
    await using home = scratchHome('Host a\n');
    const configFile = home.write('editor/ssh_config', 'Host b\n');
    const environment = openSshEnvironment({ home: home.path, configFile, env: scratchVariables(home.path) });
    await writePrivateFile(managedFileIn(home), managedConfigText(managed));
    await installInclude(environment, managedFileIn(home), check, { signal });
    expect(readFileSync(configFile, 'utf8')).toMatch(/^Include ".*"\nHost b\n$/);
    expect(contentOf(home)).toBe('Host a\n');
  });

  test('without OpenSSH is not verified', async () => {
    await using home = scratchHome('Nonsense\n');
    const environment = openSshEnvironment({ home: home.path, env: { PATH: home.path } });
    expect(await installInclude(environment, managedFileIn(home), check, { signal })).toMatchObject({
      change: 'installed',
      isVerified: false,
    });
    expect(await includeStatus(environment, managedFileIn(home), [], { signal })).toMatchObject({
      place: 'first-line',
      inForce: 'unknown',
    });
  });
});

describe('without a configuration file', () => {
  test('one is made, 0600, and removed again', async () => {
    await using home = scratchHome();
    await install(home);
    expect(statSync(home.at('.ssh/config')).mode & 0o777).toBe(0o600);
    expect(await status(home)).toMatchObject({ place: 'first-line', inForce: 'yes' });
    expect(await remove(home)).toBe('removed');
    expect(readdirSync(home.at('.ssh'))).toEqual([]);
  });

  test('nor its directory: both are made, 0700 and 0600, and removed again', async () => {
    await using home = scratchHome();
    await runTool('rmdir', [home.at('.ssh')]);
    await install(home);
    expect(statSync(home.at('.ssh')).mode & 0o777).toBe(0o700);
    await remove(home);
    expect(existsSync(home.at('.ssh'))).toBe(false);
  });

  test('what has been added meanwhile stays', async () => {
    await using home = scratchHome();
    await runTool('rmdir', [home.at('.ssh')]);
    await install(home);
    home.write('.ssh/config', `${contentOf(home)}Host a\n`);
    await remove(home);
    expect(contentOf(home)).toBe('Host a\n');
  });

  test('and another file in the directory made for it, the directory stays', async () => {
    await using home = scratchHome();
    await runTool('rmdir', [home.at('.ssh')]);
    await install(home);
    home.write('.ssh/known_hosts', '');
    await remove(home);
    expect(readdirSync(home.at('.ssh'))).toEqual(['known_hosts']);
  });
});

describe('conflicts', () => {
  test('a configuration that OpenSSH refuses is not touched, and its line is named', async () => {
    await using home = scratchHome('Host a\n  Nonsense yes\n');
    const error = await errorOf(install(home));
    expect(error).toBeInstanceOf(SshConfigConflictError);
    expect(error).toMatchObject({
      file: home.at('.ssh/config'),
      line: 2,
      reason: /Bad configuration option: nonsense/,
    });
    expect(contentOf(home)).toBe('Host a\n  Nonsense yes\n');
    expect(readdirSync(home.at('.ssh'))).toEqual(['config']);
  });

  test('a byte order mark, at which OpenSSH stops, is named', async () => {
    await using home = scratchHome('\ufeffHost a\n');
    expect(await errorOf(install(home))).toMatchObject({ name: 'SshConfigConflictError', line: 1 });
    expect(contentOf(home)).toBe('\ufeffHost a\n');
  });

  test('an Include that cannot count is undone', async () => {
    await using home = scratchHome('Host a\n');
    const error = await errorOf(installInclude(home.environment(), home.at('missing'), check, { signal }));
    expect(error).toMatchObject({ name: 'SshConfigConflictError', reason: /userknownhostsfile|hostname|user/ });
    expect(contentOf(home)).toBe('Host a\n');
  });

  test('an included file that others may write is refused by OpenSSH, and undone', async () => {
    await using home = scratchHome();
    await runTool('rmdir', [home.at('.ssh')]);
    await writePrivateFile(managedFileIn(home), managedConfigText(managed));
    await runTool('chmod', ['0666', managedFileIn(home)]);
    const error = await errorOf(installInclude(home.environment(), managedFileIn(home), check, { signal }));
    expect(error).toMatchObject({ name: 'SshConfigConflictError', reason: /Bad owner or permissions/ });
    expect(existsSync(home.at('.ssh'))).toBe(false);
  });

  test('a change for a host that is not ours is undone, and our line named', async () => {
    await using home = scratchHome('Host a\n');
    const error = await errorOf(install(home, { otherHosts: ['unexpected.ssh.ws.test'] }));
    expect(error).toMatchObject({ name: 'SshConfigConflictError', file: managedFileIn(home) });
    expect(contentOf(home)).toBe('Host a\n');
  });

  test.each([
    ['Host *\n  User me\n', 2, 'user'],
    ['ProxyCommand mine\n', 1, 'proxycommand'],
    ['Host nobody\n  User me\nHost *.ws.test\n  Port 1\n  User  = "me"  \n', 5, 'user'],
    ['Match host nobody\n  User me\nMatch all\n  User me\n', 4, 'user'],
    ['Match exec "false"\n  User me\nMatch exec "true"\n  Include more\n', 2, 'user'],
    ['Host nobody\n  Include more\nMatch host *.test\nUser me', 4, 'user'],
    ['Host nobody\n  Include matching\nHost *\nUser me', 4, 'user'],
  ])('the line in the way is found: %j', async (above, line, keyword) => {
    await using home = scratchHome('');
    home.write('.ssh/more', '# comment\nUser more\n');
    home.write('.ssh/matching', 'Match all\n  User inner\n');
    await install(home);
    home.write('.ssh/config', `${above}\nMatch all\n${contentOf(home)}Host *\n  User late\n`);
    const { place, inForce, conflicts } = await status(home);
    expect({ place, inForce }).toEqual({ place: 'elsewhere', inForce: 'no' });
    const file = above.includes('exec "true"') ? home.at('.ssh/more') : home.at('.ssh/config');
    expect(conflicts).toContainEqual(
      expect.objectContaining({ file, line, reason: expect.stringContaining(`${keyword} of`) }),
    );
  });

  test('the line in the way is found in a directory whose name OpenSSH escapes in its log', async () => {
    await using home = scratchHome('');
    await install(home);
    const configFile = home.write('é\\ü/config', `Host *\n User me\nInclude "${managedFileIn(home)}"\n`);
    const environment = openSshEnvironment({ home: home.path, configFile, env: scratchVariables(home.path) });
    const { conflicts } = await includeStatus(environment, managedFileIn(home), check.expectations, { signal });
    expect(conflicts).toContainEqual(expect.objectContaining({ file: configFile, line: 2 }));
  });

  test('a line that comes after ours is none', async () => {
    await using home = scratchHome('Host *\n  User me\n  HostName elsewhere\n  StrictHostKeyChecking no\n');
    await install(home);
    expect(await status(home)).toMatchObject({ inForce: 'yes', conflicts: [] });
  });
});

test('status of what is not there', async () => {
  await using home = scratchHome();
  expect(await status(home)).toMatchObject({ place: 'absent', inForce: 'no', conflicts: [] });
  expect(await remove(home)).toBe('absent');
  expect(readdirSync(home.at('.ssh'))).toEqual([]);
});

describe('what is in place of the file', () => {
  test('a directory', async () => {
    await using home = scratchHome();
    mkdirSync(home.at('.ssh/config'));
    for (const edit of [install, remove]) {
      const error = await errorOf(edit(home));
      expect(error).toBeInstanceOf(SshConfigWriteError);
      expect(error).toMatchObject({ path: home.at('.ssh/config'), reason: 'is not a regular file' });
    }
    expect(readdirSync(home.at('.ssh'))).toEqual(['config']);
  });

  test('a pipe', async () => {
    await using home = scratchHome();
    await runTool('mkfifo', [home.at('.ssh/config')]);
    expect(await errorOf(install(home))).toMatchObject({
      name: 'SshConfigWriteError',
      reason: 'is not a regular file',
    });
  });

  test('too large a file', async () => {
    await using home = scratchHome(`#${'x'.repeat(1024 * 1024)}\n`);
    expect(await errorOf(install(home))).toMatchObject({ name: 'SshConfigWriteError', reason: /larger than/ });
  });

  test('a link to itself', async () => {
    await using home = scratchHome();
    symlinkSync('config', home.at('.ssh/config'));
    expect(await errorOf(install(home))).toMatchObject({ name: 'SshConfigWriteError', reason: /circle/ });
  });

  test('a file where its directory should be', async () => {
    await using home = scratchHome();
    await runTool('rmdir', [home.at('.ssh')]);
    home.write('.ssh', 'text');
    expect(await errorOf(install(home))).toMatchObject({ name: 'SshConfigWriteError', reason: /is a file/ });
    expect(readFileSync(home.at('.ssh'), 'utf8')).toBe('text');
  });

  test('no directory above its directory', async () => {
    await using home = scratchHome();
    const environment = openSshEnvironment({ home: home.at('no/where'), env: scratchVariables(home.path) });
    await writePrivateFile(managedFileIn(home), managedConfigText(managed));
    const error = await errorOf(installInclude(environment, managedFileIn(home), check, { signal }));
    expect(error).toMatchObject({ name: 'SshConfigWriteError', reason: /directory does not exist/ });
    expect(existsSync(home.at('no'))).toBe(false);
  });
});

test('a directory that others may write to is warned of', async () => {
  await using home = scratchHome('Host a\n');
  await runTool('chmod', ['0770', home.at('.ssh')]);
  expect((await install(home)).warnings).toEqual([expect.stringContaining(`chmod go-w ${home.at('.ssh')}`)]);
});
