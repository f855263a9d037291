import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runProcess } from '../../../../helper/platform/process.ts';
import { ProcessError } from '../../../../helper/platform/processError.ts';
import { includeLine } from '../../../../helper/ssh/openssh/includeLine.ts';
import { type ScratchHome, scratchHome, scratchVariables } from '../../../support/ssh/scratchHome.ts';

const program = fileURLToPath(new URL('./support/installInHome.ts', import.meta.url));
const userConfig = 'Host a\n  Port 1\n';

interface InstallOptions {
  /** The command that runs the installer with less rights or under a watch. */
  readonly under?: readonly string[];
  readonly managedFile?: string;
  readonly umask?: string;
}

async function install(home: ScratchHome, options: InstallOptions = {}): Promise<Record<string, unknown>> {
  const { under = [], managedFile = home.at('.helper/ssh/config'), umask } = options;
  const [file = '', ...args] = [
    ...under,
    ...[process.execPath, program, home.path, managedFile],
    ...(umask === undefined ? [] : [umask]),
  ];
  const env = { ...scratchVariables(home.path), TMPDIR: home.path };
  const { stdout } = await runProcess(file, args, { signal: new AbortController().signal, deadlineMs: 25_000, env });
  return JSON.parse(stdout);
}

function canRun(file: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(file, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

test.each(['000', '002', '022', '077', '277'])('umask %s: what is made is 0700 and 0600', async (umask) => {
  await using home = scratchHome();
  rmdirSync(home.at('.ssh'));
  expect(await install(home, { umask })).toMatchObject({ change: 'installed', isVerified: true, warnings: [] });
  expect(['.ssh', '.helper', '.helper/ssh'].map((name) => modeOf(home.at(name)))).toEqual([0o700, 0o700, 0o700]);
  expect(['.ssh/config', '.helper/ssh/config'].map((name) => modeOf(home.at(name)))).toEqual([0o600, 0o600]);
});

test('eight at once: every line is there, once, before what the user has', async () => {
  await using home = scratchHome(userConfig);
  const managedFiles = Array.from({ length: 8 }, (_, index) => home.at(`.helper/${index}`));
  const installed = await Promise.all(managedFiles.map((managedFile) => install(home, { managedFile })));
  expect(installed).toEqual(installed.map(() => expect.objectContaining({ change: 'installed' })));
  const written = readFileSync(home.at('.ssh/config'), 'utf8');
  expect(written.endsWith(`\n${userConfig}`)).toBe(true);
  const lines = written.slice(0, -userConfig.length).trimEnd().split('\n');
  expect(lines.sort()).toEqual(managedFiles.map(includeLine).sort());
  expect(readdirSync(home.at('.ssh'))).toEqual(['config']);
});

test('eight at once, of the same: one installs it, the others find it', async () => {
  await using home = scratchHome(userConfig);
  const changes = (await Promise.all(Array.from({ length: 8 }, () => install(home)))).map(({ change }) => change);
  expect(changes.sort()).toEqual(['installed', ...Array.from({ length: 7 }, () => 'unchanged')]);
  expect(readFileSync(home.at('.ssh/config'), 'utf8')).toBe(
    `${includeLine(home.at('.helper/ssh/config'))}\n${userConfig}`,
  );
});

describe.skipIf(!canRun('strace', '-o', '/dev/null', 'true'))('killed just before the new file takes its place', () => {
  const kill = ['strace', '-f', '-o', '/dev/null', '-e', 'inject=rename,renameat,renameat2:error=EIO:signal=KILL'];

  test('it leaves the user’s file as it was, and the next one cleans up', async () => {
    await using home = scratchHome(userConfig);
    await install(home, { managedFile: home.at('.helper/ssh/config') }); // the managed file is written without being killed
    home.write('.ssh/config', userConfig);
    const killed: unknown = await install(home, { under: kill }).catch((error: unknown) => error);
    expect(killed).toBeInstanceOf(ProcessError);
    expect(readFileSync(home.at('.ssh/config'), 'utf8')).toBe(userConfig);
    expect(readdirSync(home.at('.ssh'))).toHaveLength(3); // a temporary file and the lock are left

    expect(await install(home)).toMatchObject({ change: 'installed' });
    expect(readdirSync(home.at('.ssh'))).toEqual(['config']);
  });
});

describe('a lock', () => {
  test.each([
    ['of a process that is gone', () => `999999999 ${hostname()}\n`, 0],
    ['whose process id another has by now', () => `${process.pid} ${hostname()}\n`, 10 * 60],
    ['of another machine, and old', () => '1 elsewhere\n', 10 * 60],
    ['that was never finished, and is old', () => '', 10 * 60],
  ])('%s is taken over', async (_what, content, ageSeconds) => {
    await using home = scratchHome(userConfig);
    const lock = home.write('.ssh/config.lock', content());
    execFileSync('touch', ['-d', `${ageSeconds} seconds ago`, lock]);
    expect(await install(home)).toMatchObject({ change: 'installed' });
    expect(existsSync(lock)).toBe(false);
  });
});

// Root is not refused anything by permission bits unless it gives that right up.
const isRoot = process.getuid?.() === 0;
const withoutRights = isRoot ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--'] : [];

describe.skipIf(isRoot && !canRun('setpriv', '--bounding-set', '-dac_override', 'true'))('without permission', () => {
  test('to write to the directory, nothing changes', async () => {
    await using home = scratchHome(userConfig);
    chmodSync(home.at('.ssh'), 0o500);
    expect(await install(home, { under: withoutRights })).toMatchObject({
      name: 'SshConfigWriteError',
      path: home.at('.ssh/config'),
      reason: 'cannot be written: permission denied',
    });
    expect(readdirSync(home.at('.ssh'))).toEqual(['config']);
    expect(readFileSync(home.at('.ssh/config'), 'utf8')).toBe(userConfig);
    chmodSync(home.at('.ssh'), 0o700);
  });

  test('to read the file, nothing changes', async () => {
    await using home = scratchHome();
    writeFileSync(home.at('.ssh/config'), userConfig, { mode: 0o000 });
    expect(await install(home, { under: withoutRights })).toMatchObject({
      name: 'SshConfigWriteError',
      path: home.at('.ssh/config'),
      reason: 'cannot be read: permission denied',
    });
    expect(readdirSync(home.at('.ssh'))).toEqual(['config']);
  });

  test('to write the managed file', async () => {
    await using home = scratchHome(userConfig);
    chmodSync(home.path, 0o500);
    expect(await install(home, { under: withoutRights })).toMatchObject({
      name: 'SshConfigWriteError',
      path: home.at('.helper/ssh/config'),
      reason: 'cannot be written: permission denied',
    });
    chmodSync(home.path, 0o700);
  });
});

test.skipIf(!canRun('unshare', '-m', 'true'))('on a read-only file system nothing changes', async () => {
  await using home = scratchHome(userConfig);
  const readOnly = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
  expect(await install(home, { under: ['unshare', '-m', 'sh', '-c', readOnly, home.at('.ssh')] })).toMatchObject({
    name: 'SshConfigWriteError',
    path: home.at('.ssh/config'),
    reason: 'cannot be written: the file system is read-only',
  });
  expect(readFileSync(home.at('.ssh/config'), 'utf8')).toBe(userConfig);
});
