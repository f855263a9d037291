import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Writes the types of `gitpod-helper/ssh` into a directory, laid out as the sources are: `ssh/index.d.ts` and what it needs. */
export async function buildSshTypes(directory: string): Promise<void> {
  const compiled = await mkdtemp(join(tmpdir(), 'ssh-types-'));
  try {
    await compileTypes(compiled);
    await copyReachable(compiled, directory, join(compiled, 'ssh/index.d.ts'), new Set());
  } finally {
    await rm(compiled, { recursive: true });
  }
}

async function compileTypes(directory: string): Promise<void> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const project = join(root, 'helper/ssh/tsconfig.declarations.json');
  const compilation = spawn(process.execPath, [compiler, '-p', project, '--outDir', directory], { stdio: 'inherit' });
  const [exitCode] = await once(compilation, 'exit');
  if (exitCode !== 0) throw new Error('the compiler refuses the types of gitpod-helper/ssh, for what it has printed');
}

/** The compiler writes types for every source file; only those that the entry's own types lead to are copied. */
async function copyReachable(from: string, to: string, file: string, seen: Set<string>): Promise<void> {
  if (seen.has(file)) return;
  seen.add(file);
  const text = await readFile(file, 'utf8');
  const target = join(to, relative(from, file));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text.replaceAll(sourceImport, "$1$2.js'"));
  for (const [, , path = ''] of text.matchAll(sourceImport)) {
    await copyReachable(from, to, join(dirname(file), `${path}.d.ts`), seen);
  }
}

/** An import of one of our own files, which types name as the sources do, by `.ts`. */
const sourceImport = /( from '|import\(')(\.[^']+)\.ts'/g;
