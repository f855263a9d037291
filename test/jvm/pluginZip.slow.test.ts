import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jarLibraries, relocationPrefix } from '../../build/jarNotices.ts';
import { thisPlatform } from '../../build/nodeRuntimes.ts';
import { buildPluginZip, type PluginZip } from '../../build/pluginZip.ts';
import { missingForJvmTests } from './jdk.ts';

const run = promisify(execFile);
const moduleDirectory = join(import.meta.dirname, '../../gradle-shim');
const maxJarBytes = 4_500_000;
const missing = await missingForJvmTests();

describe.skipIf(missing !== undefined)('the plugin’s zip', () => {
  let directory: string;
  let zip: PluginZip;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'plugin-zip-'));
    zip = await buildPluginZip([thisPlatform()], join(directory, 'target'));
  }, 600_000);

  afterAll(() => rm(directory, { recursive: true, force: true }));

  test('has the jar, the helper, this platform’s runtime, and nothing else', async () => {
    const runtime = `gitpod-gateway/node/${thisPlatform()}`;
    expect((await entries(zip.path)).sort()).toEqual([
      'gitpod-gateway/THIRD_PARTY_NOTICES',
      'gitpod-gateway/helper/helper-companion.cjs',
      'gitpod-gateway/helper/helper-main.cjs',
      'gitpod-gateway/helper/helper-reflection.cjs',
      'gitpod-gateway/helper/helper-socks.cjs',
      'gitpod-gateway/helper/helper.cjs',
      'gitpod-gateway/lib/gitpod-gateway.jar',
      `${runtime}/LICENSE`,
      `${runtime}/bin/node`,
    ]);
  });

  test('has a jar without what the IDE has, and without libraries under their own names', async () => {
    const names = await entries(zip.jar);
    const foreign = names.filter((name) => name.endsWith('.class') && !name.startsWith('io/gitpod/helper/'));
    expect(foreign).toEqual([]);
    expect(names.filter((name) => /kotlin|coroutines|intellij|jetbrains\//.test(name))).toEqual([]);
    expect(names).toContain('META-INF/plugin.xml');
    expect(names).toContain('META-INF/services/io.gitpod.helper.shaded.grpc.LoadBalancerProvider');
    expect((await stat(zip.jar)).size).toBeLessThanOrEqual(maxJarBytes);
  });

  test('names every library in it, with its licence', async () => {
    const relocated = (await entries(zip.jar)).filter((name) => name.startsWith(relocationPrefix));
    const prefixes = jarLibraries.flatMap(({ relocatedTo }) => relocatedTo).map((path) => relocationPrefix + path);
    expect(relocated.filter((name) => !prefixes.some((prefix) => name.startsWith(prefix)))).toEqual([]);
    const { stdout } = await run('unzip', ['-p', zip.path, 'gitpod-gateway/THIRD_PARTY_NOTICES']);
    for (const { name } of jarLibraries) expect(stdout).toContain(name);
    expect(stdout).toMatch(/ssh2 [\s\S]*Apache License\s+Version 2\.0[\s\S]*Redistributions in binary form/);
  });

  test('lists every file beside the jar with its SHA-256', async () => {
    const lines = (await run('unzip', ['-p', zip.jar, 'helper-files.sha256'])).stdout.trim().split('\n');
    const listed = lines.map((line) => `gitpod-gateway/${line.slice(66)}`);
    expect(listed.sort()).toEqual((await entries(zip.path)).filter((name) => !name.endsWith('.jar')).sort());
    const main = lines.find((line) => line.endsWith('helper-main.cjs'))?.slice(0, 64);
    const content = await readFile(join(directory, 'target/plugin-files/helper/helper-main.cjs'));
    expect(main).toBe(createHash('sha256').update(content).digest('hex'));
  });

  test('keeps the runtime executable', async () => {
    const { stdout } = await run('unzip', ['-Z', zip.path, '*/bin/node']);
    expect(stdout).toMatch(/^-rwxr-xr-x/m);
  });

  test('is a plugin by JetBrains’ own validator, without a warning', async () => {
    const options = ['-q', '-B', '-Dstyle.color=never', `-Doutput.directory=${join(directory, 'check')}`];
    await run('mvn', [...options, '-f', 'zip-check/pom.xml', `-Dplugin.zip=${zip.path}`, 'test'], {
      cwd: moduleDirectory,
    });
  });
});

async function entries(archive: string): Promise<string[]> {
  const { stdout } = await run('unzip', ['-Z1', archive]);
  return stdout.split('\n').filter((name) => name !== '' && !name.endsWith('/'));
}
