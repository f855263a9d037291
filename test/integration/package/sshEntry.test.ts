import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EmbeddedGitpod } from '../../embedded-gitpod/embeddedGitpod.ts';
import { type ScratchHome, scratchHome } from '../../support/ssh/scratchHome.ts';
import { makeKey, runTool } from '../../support/ssh/sshTools.ts';
import { callInProcess, type ExportResult } from './support/callInProcess.ts';
import { type Consumer, type ConsumerBuild, makeConsumer } from './support/consumer.ts';

let consumer: Consumer;

beforeAll(async () => {
  consumer = await makeConsumer();
});

afterAll(() => consumer[Symbol.asyncDispose]());

describe('the package', () => {
  test('has the command line and the entry, and depends on no other package', () => {
    const directory = join(consumer.modulesDirectory, 'gitpod-helper');
    const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    expect(Object.keys(manifest).filter((key) => /dependencies|scripts/i.test(key))).toEqual([]);
    expect(visibleIn(consumer.modulesDirectory)).toEqual(['@types', 'gitpod-helper']);
    expect(visibleIn(directory)).toEqual([
      'LICENSE',
      'README.md',
      'THIRD_PARTY_NOTICES',
      'dist',
      'docs',
      'package.json',
    ]);
    expect(visibleIn(join(directory, 'docs'))).toEqual(['gitpod-helper.1']);
    expect(manifest.man).toBe('docs/gitpod-helper.1');
    expect(visibleIn(join(directory, 'dist'))).toEqual([
      'helper-companion.cjs',
      'helper-main.cjs',
      'helper-reflection.cjs',
      'helper-socks.cjs',
      'helper.cjs',
      'ssh',
    ]);
  });

  test('has the licence of everything that is bundled, with who wrote it', () => {
    const notices = readFileSync(join(consumer.modulesDirectory, 'gitpod-helper/THIRD_PARTY_NOTICES'), 'utf8');
    const packages = [...notices.matchAll(/^=+\n(\S+) \d\S*.*\n=+$/gm)].map(([, name]) => name);
    const bundled = ['ssh2', 'ws', 'commander', '@grpc/grpc-js', '@bufbuild/protobuf', 'socks', 'asn1', 'tweetnacl'];
    expect(packages).toEqual(expect.arrayContaining([...bundled, '@microsoft/dev-tunnels-ssh', 'vscode-jsonrpc']));
    const ofPackage = notices.split(/^=+\n(?=\S+ \d)/m).slice(1);
    expect(ofPackage).toHaveLength(packages.length);
    for (const text of ofPackage) expect(text).toMatch(/copyright|public domain/i);
    const companion = ofPackage.find((text) => text.startsWith('@microsoft/dev-tunnels-ssh'));
    expect(companion).toMatch(/Copyright \(c\) Microsoft Corporation.*Permission is hereby granted.*AS IS/s);
  });

  test('has in its entry the SSH core, ssh2, and nothing of Gitpod or gRPC', () => {
    // Besides, there are Node's modules and what stands for native add-ons.
    const expected =
      /^helper\/(ssh|platform)\/|^helper\/log\.ts$|^node_modules\/(ssh2|asn1|bcrypt-pbkdf|safer-buffer|tweetnacl)\/|^(builtin|left-out):/;
    expect(Object.keys(consumer.sshEntry.inputs).filter((input) => !expected.test(input))).toEqual([]);
  });
});

describe('a consumer in TypeScript', () => {
  test.each([{ module: 'nodenext' }, { module: 'preserve', moduleResolution: 'bundler', target: 'es2022' }])(
    'agrees with the types under %o',
    async (compilerOptions) => {
      expect(await consumer.checkTypes(compilerOptions)).toBe('');
    },
  );
});

test('an extension that is bundled takes the entry and nothing else of the package', async () => {
  const { inputs } = await consumer.build('bundled');
  const ofPackages = Object.keys(inputs).filter((input) => input.includes('node_modules'));
  expect(ofPackages).toContain('node_modules/gitpod-helper/dist/ssh/index.js');
  expect(ofPackages.filter((input) => !input.startsWith('node_modules/gitpod-helper/dist/ssh/'))).toEqual([]);
});

describe.each(['bundled', 'as-installed'] as const)('an extension, %s', (form) => {
  let extension: ConsumerBuild;
  let home: ScratchHome;

  beforeAll(async () => {
    extension = await consumer.build(form);
    home = scratchHome('Host box\n  HostName box.test\n  IdentityFile ~/.ssh/%n_key\n');
    await makeKey(home.at('.ssh/box_key'), { type: 'ed25519', comment: 'laptop' });
  });

  afterAll(() => home[Symbol.asyncDispose]());

  const call = (name: string, ...args: readonly unknown[]): Promise<ExportResult> =>
    callInProcess(extension.entryPoint, { name, args, overrides: { home: home.path } });
  const publicKeyLine = () => readFileSync(home.at('.ssh/box_key.pub'), 'utf8');

  test('explains the keys for a host', async () => {
    const { value } = await call('explainKeys', 'me@box', [publicKeyLine()]);
    expect(value).toEqual([`usable: ${home.at('.ssh/box_key')} is registered as "laptop" and needs no passphrase.`]);
  });

  test('has OpenSSH use a configuration of its own', async () => {
    const hostKey = { type: 'ssh-ed25519', base64: publicKeyLine().split(' ')[1] };
    const { value } = await call('manageHost', 'ours.test', [hostKey], '/bin/false', home.at('.extension'));
    expect(value).toBe('installed');
    const resolved = await runTool('ssh', ['-F', home.at('.ssh/config'), '-G', 'ours.test'], { HOME: home.path });
    expect(resolved).toContain(`\nuserknownhostsfile ${home.at('.extension/known_hosts/ours.test')}\n`);
    expect((await call('tryOut', 'ours.test')).value).toBe('no-server after proxy-started');
  });

  test('connects', async () => {
    await using gitpod = await EmbeddedGitpod.start();
    const { value } = await call('connectByPassword', ...passwordLoginTo(gitpod));
    expect(value).toBe('connected');
  });
});

test('nothing but what connects loads ssh2', async () => {
  const { entryPoint } = await consumer.build('as-installed');
  await using home = scratchHome();
  const explaining = { name: 'explainKeys', args: ['box', []], overrides: { home: home.path } };
  expect((await callInProcess(entryPoint, explaining)).loaded.filter(holdsSsh2)).toEqual([]);

  await using gitpod = await EmbeddedGitpod.start();
  const connecting = { name: 'connectByPassword', args: passwordLoginTo(gitpod) };
  expect((await callInProcess(entryPoint, connecting)).loaded.filter(holdsSsh2)).toHaveLength(1);
});

/** Tells whether a module is a file of the package with ssh2's client in it. */
function holdsSsh2(url: string): boolean {
  const outputs = Object.entries(consumer.sshEntry.outputs);
  const files = outputs.filter(([, { inputs }]) => 'node_modules/ssh2/lib/client.js' in inputs).map(([file]) => file);
  return files.some((file) => url.endsWith(file.slice(file.lastIndexOf('/'))));
}

/** What `connectByPassword` takes. */
function passwordLoginTo(gitpod: EmbeddedGitpod): readonly unknown[] {
  const { id, ownerToken } = gitpod.addWorkspace(gitpod.addUser({ name: 'ada' }));
  const [hostKey] = gitpod.sshHostKeys;
  const key = { keyType: hostKey?.type, keyBase64: hostKey?.blob.toString('base64') };
  return [{ host: '127.0.0.1', port: gitpod.sshPort, ...key }, id, ownerToken];
}

function visibleIn(directory: string): readonly string[] {
  const names = readdirSync(directory).filter((name) => !name.startsWith('.'));
  return names.toSorted();
}
