import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Metafile } from 'esbuild';
import { buildHelper, bundlePath } from '../build.ts';
import { manPage, manPagePath } from './manPage.ts';
import { buildSshEntry } from './sshEntry.ts';
import { thirdPartyNotices } from './thirdPartyNotices.ts';

const root = join(import.meta.dirname, '..');

/**
 * Builds the npm package as it is published into a directory, replacing what is there: what was built, the manual page,
 * the licences of what is bundled, and a `package.json` without what only development needs (the runtime among it). It
 * depends on nothing but Node.
 *
 * @returns what went into the entry `gitpod-helper/ssh`.
 */
export async function stageReleasePackage(directory: string): Promise<Metafile> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(join(directory, 'dist'), { recursive: true });
  const [sshEntry, helper] = await Promise.all([buildSshEntry(join(directory, 'dist/ssh')), buildHelper()]);
  const built = dirname(bundlePath);
  const bundles = (await readdir(built)).filter((name) => name.endsWith('.cjs'));
  for (const name of bundles) await copyFile(join(built, name), join(directory, 'dist', name));
  for (const name of ['README.md', 'LICENSE']) await copyFile(join(root, name), join(directory, name));
  await mkdir(join(directory, 'docs'));
  await writeFile(join(directory, 'docs', basename(manPagePath)), manPage());
  const inputs = [helper, sshEntry].flatMap((metafile) => Object.keys(metafile.inputs));
  await writeFile(join(directory, 'THIRD_PARTY_NOTICES'), thirdPartyNotices(inputs));
  await writeFile(join(directory, 'package.json'), await releaseManifest());
  return sshEntry;
}

/** The published package runs on a Node of the user's, in which `process.getBuiltinModule` is there. */
async function releaseManifest(): Promise<string> {
  const manifest: Record<string, unknown> = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const { scripts, devDependencies, optionalDependencies, ...published } = manifest;
  return `${JSON.stringify({ ...published, engines: { node: '>=22.3' } }, undefined, 2)}\n`;
}

if (import.meta.main) await stageReleasePackage(join(root, 'dist-package'));
