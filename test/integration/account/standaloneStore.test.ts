import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DataProtection } from '../../../helper/account/standalone/dataProtection.ts';
import type { Keychain } from '../../../helper/account/standalone/keychain.ts';
import { MacKeychain } from '../../../helper/account/standalone/macKeychain.ts';
import { SecretService } from '../../../helper/account/standalone/secretService.ts';
import { StandaloneStore } from '../../../helper/account/standalone/standaloneStore.ts';
import { systemKeychain } from '../../../helper/account/standalone/systemKeychain.ts';
import { findProgram } from '../../../helper/platform/findProgram.ts';
import { Secret } from '../../../helper/platform/secret.ts';
import { hasKeyring, type Keyring, startKeyring } from '../../support/keyring.ts';

const { signal } = new AbortController();
const token = new Secret('gitpod_pat_"quoted"\\and$more.value');
let scratch: string;
let directory: string;
let file: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'store-'));
  directory = join(scratch, 'gitpod-helper');
  file = join(directory, 'credentials.json');
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

async function tokenOf(store: StandaloneStore, host: string): Promise<string | undefined> {
  return (await store.get(host, signal))?.reveal();
}

/** A program on a PATH of its own. */
function standIn(name: string, script: string): string {
  const path = join(scratch, 'bin', name);
  mkdirSync(join(scratch, 'bin'), { recursive: true });
  writeFileSync(path, `#!${process.execPath}\n${script}`, { mode: 0o700 });
  return path;
}

describe('without a keychain', () => {
  test('tokens of several installations are in a file that only its owner may read, whatever the umask', async () => {
    const store = new StandaloneStore(directory, undefined);
    const umask = process.umask(0);
    try {
      expect(await store.set('a.test', token, signal)).toBe(file);
      await store.set('b.test:8443', new Secret('other'), signal);
    } finally {
      process.umask(umask);
    }
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(store.hosts()).toEqual(['a.test', 'b.test:8443']);
    expect([store.has('a.test'), store.has('c.test')]).toEqual([true, false]);
    expect(await tokenOf(store, 'a.test')).toBe(token.reveal());
    expect(await tokenOf(store, 'b.test:8443')).toBe('other');
    expect(await tokenOf(store, 'c.test')).toBeUndefined();
  });

  test('the last token takes file and directory with it, but nothing of others', async () => {
    const store = new StandaloneStore(directory, undefined);
    await store.set('a.test', token, signal);
    await store.set('b.test', token, signal);
    expect(await store.remove('a.test', signal)).toBe(true);
    expect(await store.remove('a.test', signal)).toBe(false);
    expect(readFileSync(file, 'utf8')).not.toContain('a.test');
    await store.remove('b.test', signal);
    expect(existsSync(directory)).toBe(false);
    await store.set('a.test', token, signal);
    writeFileSync(join(directory, 'known_hosts'), '');
    await store.remove('a.test', signal);
    expect([existsSync(file), existsSync(join(directory, 'known_hosts'))]).toEqual([false, true]);
  });

  test.each([
    ['file', 0o640, /others may read it; chmod 600 it/],
    ['file', 0o604, /others may read it/],
    ['directory', 0o750, /others may enter its directory; chmod 700 that/],
    ['directory', 0o711, /others may enter its directory/],
  ] as const)('a %s with mode %o is refused', async (what, mode, message) => {
    const store = new StandaloneStore(directory, undefined);
    await store.set('a.test', token, signal);
    chmodSync(what === 'file' ? file : directory, mode);
    const refused = { code: 'FILE_UNREADABLE', message: expect.stringMatching(message) };
    expect(() => store.hosts()).toThrow(expect.objectContaining(refused));
    await expect(store.get('a.test', signal)).rejects.toMatchObject(refused);
    await expect(store.set('b.test', token, signal)).rejects.toMatchObject(refused);
    expect(readFileSync(file, 'utf8')).not.toContain('b.test');
  });

  test('a file that cannot be written is told of, with why', async () => {
    symlinkSync(join(scratch, 'not/there'), directory);
    const store = new StandaloneStore(directory, undefined);
    await expect(store.set('a.test', token, signal)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringMatching(/it cannot be written \(E[A-Z]+\)/),
    });
  });

  test('a file that is damaged in any way is refused, never half read', async () => {
    const store = new StandaloneStore(directory, undefined);
    await store.set('a.test', token, signal);
    for (const content of ['', '{', '[]', '{"tokens":{"a":1}}', '{"tokens":{},"keychain":{"a":{"name":"other"}}}']) {
      writeFileSync(file, content);
      expect(() => store.hosts()).toThrow(expect.objectContaining({ code: 'FILE_UNREADABLE' }));
    }
    fc.assert(
      fc.property(fc.json(), (content) => {
        writeFileSync(file, content);
        try {
          expect(store.hosts()).toBeInstanceOf(Array);
        } catch (error) {
          expect(error).toMatchObject({ code: 'FILE_UNREADABLE' });
        }
      }),
    );
  });
});

describe.skipIf(!hasKeyring)('the Secret Service', () => {
  let keyring: Keyring;
  let keychain: Keychain;
  beforeEach(async () => {
    keyring = await startKeyring();
    const found = systemKeychain({ ...keyring.env, PATH: process.env['PATH'] });
    if (found === undefined) throw new Error('secret-tool is not installed');
    keychain = found;
  });
  afterEach(() => keyring[Symbol.asyncDispose]());

  test('keeps tokens by host; the file has only the hosts', async () => {
    const store = new StandaloneStore(directory, keychain);
    expect(await store.set('a.test', new Secret('replaced later'), signal)).toBe('secret-tool');
    await store.set('a.test', token, signal);
    await store.set('[::1]:8443', new Secret('other'), signal);
    expect(readFileSync(file, 'utf8')).not.toContain('gitpod_pat_');
    expect(await keyring.lookup(['service', 'gitpod-helper', 'host', 'a.test'])).toBe(token.reveal());
    expect(await tokenOf(store, 'a.test')).toBe(token.reveal());
    expect(await tokenOf(store, '[::1]:8443')).toBe('other');
    await store.remove('a.test', signal);
    expect(await keyring.lookup(['service', 'gitpod-helper', 'host', 'a.test'])).toBeUndefined();
    expect(store.hosts()).toEqual(['[::1]:8443']);
  });

  test('keeps the tokens of sign-ins that end at the same time, and what others keep meanwhile', async () => {
    const stores = ['a.test', 'b.test', 'c.test'].map((host) => ({
      host,
      store: new StandaloneStore(directory, keychain),
    }));
    await Promise.all(stores.map(({ host, store }) => store.set(host, token, signal)));
    expect(new StandaloneStore(directory, keychain).hosts().toSorted()).toEqual(['a.test', 'b.test', 'c.test']);
    const [first, second] = stores;
    await Promise.all([first, second].map((each) => each?.store.remove(each.host, signal)));
    expect(new StandaloneStore(directory, keychain).hosts()).toEqual(['c.test']);
  });

  test('that is locked keeps its token, and a sign-out does not say that it is gone', async () => {
    const store = new StandaloneStore(directory, keychain);
    await store.set('a.test', token, signal);
    await keyring.lock();
    await expect(store.remove('a.test', signal)).rejects.toMatchObject({ code: 'KEYCHAIN_FAILED' });
    expect(store.hosts()).toEqual(['a.test']);
  });

  test('takes over a token from the file', async () => {
    await new StandaloneStore(directory, undefined).set('a.test', token, signal);
    const store = new StandaloneStore(directory, keychain);
    expect(await tokenOf(store, 'a.test')).toBe(token.reveal());
    await store.set('a.test', token, signal);
    expect(readFileSync(file, 'utf8')).not.toContain('gitpod_pat_');
  });

  test('that is locked is a failure with a remedy, and nothing goes to the file instead', async () => {
    const store = new StandaloneStore(directory, keychain);
    await store.set('a.test', token, signal);
    await keyring.lock();
    const locked = {
      code: 'KEYCHAIN_FAILED',
      message: expect.stringContaining('locked'),
      remedies: [{ text: expect.stringContaining('Unlock') }, { text: expect.stringContaining('GITPOD_TOKEN') }],
    };
    await expect(store.get('a.test', signal)).rejects.toMatchObject(locked);
    await expect(store.set('b.test', token, signal)).rejects.toMatchObject(locked);
    expect(readFileSync(file, 'utf8')).not.toContain('gitpod_pat_');
  });

  test('that has gone is a failure with a remedy', async () => {
    await new StandaloneStore(directory, keychain).set('a.test', token, signal);
    const withoutDesktop = new StandaloneStore(directory, systemKeychain({ PATH: process.env['PATH'] }));
    await expect(withoutDesktop.get('a.test', signal)).rejects.toMatchObject({ code: 'KEYCHAIN_FAILED' });
    expect(withoutDesktop.has('a.test')).toBe(true);
  });
});

test.skipIf(!hasKeyring)('where secret-tool finds no Secret Service, the file is used', async () => {
  const path = findProgram('secret-tool', process.env);
  if (path === undefined) throw new Error('secret-tool is not installed');
  const env = { PATH: process.env['PATH'], DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(scratch, 'nothing')}` };
  const store = new StandaloneStore(directory, new SecretService({ path, env }));
  expect(await store.set('a.test', token, signal)).toBe(file);
  expect(await tokenOf(store, 'a.test')).toBe(token.reveal());
});

test('a keychain that does not answer ends with the signal', async () => {
  const path = standIn('secret-tool', 'setInterval(() => undefined, 1000);');
  const store = new StandaloneStore(directory, new SecretService({ path, env: { PATH: '' } }));
  const abort = new AbortController();
  const setting = store.set('a.test', token, abort.signal);
  const reason = new Error('changed my mind');
  abort.abort(reason);
  await expect(setting).rejects.toBe(reason);
  expect(existsSync(file)).toBe(false);
});

/** A program that keeps what it is told in a file beside it, and what it was started with in another. */
const recorder = `
const fs = require('node:fs');
const words = process.argv.slice(2);
fs.appendFileSync(__filename + '.argv', JSON.stringify(words) + '\\n');
const input = fs.readFileSync(0, 'utf8');
const entries = fs.existsSync(__filename + '.entries') ? JSON.parse(fs.readFileSync(__filename + '.entries', 'utf8')) : {};
const save = () => fs.writeFileSync(__filename + '.entries', JSON.stringify(entries));
`;

describe.each([
  [
    'security(1) of macOS',
    'security',
    MacKeychain,
    `
    const valueOf = (list, name) => list[list.indexOf(name) + 1];
    if (words[0] === '-i') {
      const command = input.trim().split(' ');
      if (command[0] !== 'add-generic-password') process.exit(0);
      entries[valueOf(command, '-a')] = Buffer.from(valueOf(command, '-X'), 'hex').toString();
      save();
    } else {
      const host = valueOf(words, '-a');
      if (!(host in entries)) process.exit(44);
      if (words[0] === 'find-generic-password') process.stdout.write(entries[host] + '\\n');
      else { delete entries[host]; save(); }
    }`,
  ],
  [
    'DPAPI by PowerShell',
    'powershell',
    DataProtection,
    `
    const script = words.at(-1);
    if (script.includes('ConvertFrom-SecureString')) console.log(Buffer.from('sealed' + input).toString('hex'));
    else process.stdout.write(Buffer.from(input.trim(), 'hex').toString().slice('sealed'.length));`,
  ],
])('%s, by a stand-in with its interface', (_what, name, Implementation, script) => {
  test('keeps, gives and forgets a token that never is an argument', async () => {
    const path = standIn(name, recorder + script);
    const env = { PATH: ['/usr/bin', '/bin'].join(delimiter) };
    const store = new StandaloneStore(directory, new Implementation({ path, env }));
    expect(await store.set('a.test', token, signal)).toBe(name);
    expect(await tokenOf(store, 'a.test')).toBe(token.reveal());
    expect(readFileSync(file, 'utf8')).not.toContain('gitpod_pat_');
    expect(await store.remove('a.test', signal)).toBe(true);
    expect(await tokenOf(store, 'a.test')).toBeUndefined();
    expect(readFileSync(`${path}.argv`, 'utf8')).not.toContain('gitpod_pat_');
  });

  test('a program that fails is a failure with a remedy', async () => {
    const path = standIn(name, 'process.exit(36);');
    const store = new StandaloneStore(directory, new Implementation({ path, env: { PATH: '/usr/bin' } }));
    await expect(store.set('a.test', token, signal)).rejects.toMatchObject({ code: 'KEYCHAIN_FAILED' });
    expect(existsSync(file)).toBe(false);
  });
});
