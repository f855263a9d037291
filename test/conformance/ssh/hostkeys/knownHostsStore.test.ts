import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configureLog } from '../../../../helper/log.ts';
import { runProcess } from '../../../../helper/platform/process.ts';
import { ProcessError } from '../../../../helper/platform/processError.ts';
import { SshConfigError } from '../../../../helper/ssh/errors.ts';
import type { HostKey } from '../../../../helper/ssh/hostkeys/hostKey.ts';
import { knownHostsPath, storedHostKeys, storeHostKeys } from '../../../../helper/ssh/hostkeys/knownHostsStore.ts';
import { fingerprintSha256, parsePublicKeyLine } from '../../../../helper/ssh/identities/publicKey.ts';
import { SshConfigWriteError } from '../../../../helper/ssh/openssh/errors.ts';
import { type ScratchHome, scratchHome, scratchVariables } from '../../../support/ssh/scratchHome.ts';
import { makeKey, runTool } from '../../../support/ssh/sshTools.ts';
import { ed25519Blob, rsaBlob } from '../../../unit/ssh/keys.ts';
import { scratchSshd } from '../openssh/support/scratchSshd.ts';

const first: HostKey = { type: 'ssh-ed25519', blob: ed25519Blob(1) };
const second: HostKey = { type: 'ssh-ed25519', blob: ed25519Blob(2) };
const rsa: HostKey = { type: 'ssh-rsa', blob: rsaBlob(2048) };
const alias = 'ws.test';

let logged: string[];
beforeEach(() => {
  logged = [];
  configureLog({ level: 'warn', sink: (line) => logged.push(line) });
});
afterEach(() => configureLog({ level: 'silent', sink: () => undefined }));

function pathIn(home: ScratchHome): string {
  return knownHostsPath(home.at('made/known_hosts'), alias);
}

function store(home: ScratchHome, keys: readonly HostKey[]) {
  return storeHostKeys(home.at('made/known_hosts'), alias, keys);
}

describe('storing', () => {
  test('writes a line for each key, 0600 in a 0700 directory, whatever the umask', async () => {
    await using home = scratchHome();
    expect(await store(home, [rsa, first])).toEqual({
      path: pathIn(home),
      change: 'created',
      before: [],
      after: [first, rsa].map(({ blob }) => fingerprintSha256(blob)).sort(),
    });
    expect(readFileSync(pathIn(home), 'utf8')).toBe(
      `${alias} ssh-ed25519 ${first.blob.toString('base64')}\n${alias} ssh-rsa ${rsa.blob.toString('base64')}\n`,
    );
    expect(statSync(pathIn(home)).mode & 0o777).toBe(0o600);
    expect(statSync(home.at('made')).mode & 0o777).toBe(0o700);
    expect(await storedHostKeys(home.at('made/known_hosts'), alias)).toEqual([first, rsa]);
    expect(logged).toEqual([]);
  });

  test('the same keys again, in another order, does not touch the file', async () => {
    await using home = scratchHome();
    await store(home, [rsa, first]);
    const before = statSync(pathIn(home));
    expect(await store(home, [first, rsa, first])).toMatchObject({ change: 'unchanged' });
    expect(statSync(pathIn(home))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });

  test('other keys replaces all of them, and logs the fingerprints of both', async () => {
    await using home = scratchHome();
    await store(home, [rsa, first]);
    const stored = await store(home, [second]);
    expect(stored).toMatchObject({ change: 'replaced', after: [fingerprintSha256(second.blob)] });
    expect(stored.before).toHaveLength(2);
    expect(logged.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        event: 'hostkeys.replaced',
        alias,
        before: stored.before,
        after: stored.after,
      }),
    ]);
    expect(await storedHostKeys(home.at('made/known_hosts'), alias)).toEqual([second]);
    expect(readdirSync(home.at('made/known_hosts'))).toEqual([alias]);
  });

  test.each(['', 'garbage', `${alias} ssh-ed25519 AAAA!`, 'x'.repeat(2 * 1024 * 1024)])(
    'replaces whatever else is in the file (%#)',
    async (text) => {
      await using home = scratchHome();
      home.write(`made/known_hosts/${alias}`, text);
      expect(await store(home, [first])).toMatchObject({ change: 'created' });
      expect(await storedHostKeys(home.at('made/known_hosts'), alias)).toEqual([first]);
    },
  );

  test('makes a file that others may read private again', async () => {
    await using home = scratchHome();
    await store(home, [first]);
    await runTool('chmod', ['0644', pathIn(home)]);
    expect(await store(home, [first])).toMatchObject({ change: 'unchanged' });
    expect(statSync(pathIn(home)).mode & 0o777).toBe(0o600);
  });

  test('keeps a symbolic link', async () => {
    await using home = scratchHome();
    mkdirSync(home.at('made/known_hosts'), { recursive: true });
    symlinkSync(home.at('elsewhere'), pathIn(home));
    await store(home, [first]);
    await store(home, [second]);
    expect(lstatSync(pathIn(home)).isSymbolicLink()).toBe(true);
    expect(readFileSync(home.at('elsewhere'), 'utf8')).toContain(second.blob.toString('base64'));
  });

  test('a directory in its place is an error that names it', async () => {
    await using home = scratchHome();
    mkdirSync(pathIn(home), { recursive: true });
    const error: unknown = await store(home, [first]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SshConfigWriteError);
    expect(error).toMatchObject({ path: pathIn(home), reason: 'cannot be written: it is a directory' });
    expect(readdirSync(home.at('made/known_hosts'))).toEqual([alias]);
  });

  test.each(['', '../x', 'a/b', 'Upper', 'a b', '.hidden', '-x', '*', 'a,b'])('refuses the alias %j', async (name) => {
    await using home = scratchHome();
    await expect(storeHostKeys(home.at('made'), name, [first])).rejects.toThrow(SshConfigError);
    expect(existsSync(home.at('made'))).toBe(false);
  });

  test('refuses to know a host by no key', async () => {
    await using home = scratchHome();
    await expect(store(home, [])).rejects.toThrow(SshConfigError);
  });
});

test('nothing stored is no keys', async () => {
  await using home = scratchHome();
  expect(await storedHostKeys(home.at('made/known_hosts'), alias)).toEqual([]);
});

describe('OpenSSH', () => {
  async function say(home: ScratchHome, sshd: string, host: string): Promise<string> {
    const options = [
      ...[`ProxyCommand=${sshd}`, `UserKnownHostsFile=${pathIn(home)}`, `HostKeyAlias=${alias}`],
      ...['GlobalKnownHostsFile=none', 'StrictHostKeyChecking=yes', 'BatchMode=yes', 'IdentityFile=none'],
    ].flatMap((option) => ['-o', option]);
    const reason: unknown = await runProcess('ssh', ['-F', 'none', ...options, '--', host, 'true'], {
      signal: new AbortController().signal,
      deadlineMs: 20_000,
      env: scratchVariables(home.path),
    }).catch((error: unknown) => error);
    return reason instanceof ProcessError ? reason.stderr : '';
  }

  test('accepts a server by whichever of its keys, under every host name, and after they changed', async () => {
    await using home = scratchHome();
    const paths = {
      old: await makeKey(home.at('old'), { type: 'ed25519' }),
      ed25519: await makeKey(home.at('ed25519'), { type: 'ed25519' }),
      ecdsa: await makeKey(home.at('ecdsa'), { type: 'ecdsa' }),
      rsa: await makeKey(home.at('rsa'), { type: 'rsa' }),
    };
    const keyOf = (path: string): HostKey => parsePublicKeyLine(readFileSync(`${path}.pub`, 'utf8'));
    await store(home, [keyOf(paths.old)]);
    expect(await say(home, scratchSshd(home, { hostKeys: [paths.ed25519] }), 'one.test')).toContain('HAS CHANGED');

    await store(home, [paths.ed25519, paths.ecdsa, paths.rsa].map(keyOf));
    for (const [host, key] of [
      ['one.test', paths.ed25519],
      ['two.test', paths.ecdsa],
      ['three.test', paths.rsa],
    ] as const) {
      expect(await say(home, scratchSshd(home, { hostKeys: [key] }), host)).toContain('Permission denied');
    }
  });
});
