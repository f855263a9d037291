import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { buildHelper, bundlePath } from '../build.ts';
import { jarNotices } from './jarNotices.ts';
import { allPlatforms, stageNode, thisPlatform } from './nodeRuntimes.ts';
import { thirdPartyNotices } from './thirdPartyNotices.ts';

const root = join(import.meta.dirname, '..');
const moduleDirectory = join(root, 'gradle-shim');

export interface PluginZip {
  /** The zip to install from disk. */
  readonly path: string;
  /** The plugin's own jar, as it is in the zip. */
  readonly jar: string;
}

/**
 * Builds the plugin's zip: `lib/` with the jar, `helper/` with the bundle, `node/<os>-<arch>/` for each platform, and the
 * licences of what is in them. The jar has the SHA-256 of every file beside it.
 *
 * @param outputDirectory where Maven works; the zip stays in it.
 * @throws Error when Maven does not end well, with what it printed.
 */
export async function buildPluginZip(
  platforms: readonly string[],
  outputDirectory: string = join(moduleDirectory, 'target'),
): Promise<PluginZip> {
  const files = join(outputDirectory, 'plugin-files');
  const manifest = join(outputDirectory, 'plugin-manifest');
  await rm(files, { recursive: true, force: true });
  const { inputs } = await buildHelper();
  await stageHelper(join(files, 'helper'));
  await writeFile(join(files, 'THIRD_PARTY_NOTICES'), `${thirdPartyNotices(Object.keys(inputs))}\n${jarNotices()}`);
  for (const platform of platforms) await stageNode(platform, join(files, 'node', platform));
  await mkdir(manifest, { recursive: true });
  await writeFile(join(manifest, 'helper-files.sha256'), await sumsOf(files));
  const name = platforms.length === allPlatforms.length ? 'all' : platforms.join('-');
  await runMaven([`-Doutput.directory=${outputDirectory}`, `-Dplugin.platforms=${name}`]);
  const built = join(outputDirectory, 'gitpod-gateway');
  const zip = (await readdir(built)).find((file) => file.endsWith(`-${name}.zip`));
  if (zip === undefined) throw new Error(`Maven has left no zip in ${built}`);
  return { path: join(built, zip), jar: join(built, 'gitpod-gateway.jar') };
}

async function stageHelper(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const built = dirname(bundlePath);
  const bundles = (await readdir(built)).filter((name) => name.endsWith('.cjs'));
  for (const name of bundles) await copyFile(join(built, name), join(directory, name));
}

/** As `sha256sum` prints it, with the paths below the directory. */
async function sumsOf(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const lines = await Promise.all(
    paths.sort().map(async (path) => `${await sha256(path)}  ${relative(directory, path).replaceAll(sep, '/')}\n`),
  );
  return lines.join('');
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

async function runMaven(definitions: readonly string[]): Promise<void> {
  const options = ['--quiet', '--batch-mode', '-Dstyle.color=never', '-Dmaven.test.skip=true', '-Pzip', ...definitions];
  const maven = spawn('mvn', [...options, 'package'], {
    cwd: moduleDirectory,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 900_000,
  });
  let output = '';
  maven.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  const [exitCode] = await once(maven, 'close');
  if (exitCode !== 0) throw new Error(`mvn package ended with ${exitCode}:\n${output}`);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { platforms: { type: 'string', default: thisPlatform() } } });
  const platforms = values.platforms === 'all' ? allPlatforms : values.platforms.split(',');
  process.stdout.write(`${(await buildPluginZip(platforms)).path}\n`);
}
