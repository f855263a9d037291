import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { stageReleasePackage } from '../../../../build/releasePackage.ts';
import { runProcess } from '../../../../helper/platform/process.ts';
import { projectRoot, runTool } from '../../tooling/runTool.ts';

/** `bundled`: one CommonJS file, as VS Code extensions are; `as-installed`: ES modules that import the package. */
export type ConsumerForm = 'bundled' | 'as-installed';

/** A project of somebody else's that has the packed package installed and consists of the examples of its README. */
export interface Consumer extends AsyncDisposable {
  /** What went into which file of the installed `gitpod-helper/ssh`. */
  readonly sshEntry: Metafile;
  /** Its `node_modules`. */
  readonly modulesDirectory: string;
  /** Has the compiler check it with everything it imports, and gives what the compiler says. */
  readonly checkTypes: (compilerOptions: Readonly<Record<string, string>>) => Promise<string>;
  readonly build: (form: ConsumerForm) => Promise<ConsumerBuild>;
}

export interface ConsumerBuild {
  readonly entryPoint: string;
  /** What went into it, by its path in the project. */
  readonly inputs: Metafile['inputs'];
}

/** Packs the package as it is published and installs it into a new project, without a network. */
export async function makeConsumer(): Promise<Consumer> {
  const directory = await mkdtemp(join(tmpdir(), 'consumer-'));
  await using resources = new AsyncDisposableStack();
  resources.defer(() => rm(directory, { recursive: true, force: true }));
  const sshEntry = await installPackage(directory);
  await writeExamples(directory);
  const owned = resources.move();
  return {
    sshEntry,
    modulesDirectory: join(directory, 'node_modules'),
    checkTypes: (compilerOptions) => checkTypes(directory, compilerOptions),
    build: (form) => buildConsumer(directory, form),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function installPackage(directory: string): Promise<Metafile> {
  const staged = join(directory, 'staged');
  const sshEntry = await stageReleasePackage(staged);
  const [{ filename }] = JSON.parse(await runNpm(directory, ['pack', staged, '--json']));
  await writeFile(join(directory, 'package.json'), '{"name": "example-extension", "private": true}');
  await runNpm(directory, ['install', '--offline', '--ignore-scripts', '--no-audit', join(directory, filename)]);
  // Whoever writes in TypeScript has these types; no other package of this project is in sight.
  await mkdir(join(directory, 'node_modules/@types'));
  await symlink(join(projectRoot, 'node_modules/@types/node'), join(directory, 'node_modules/@types/node'));
  return sshEntry;
}

/** Writes each example of the README into the file that its first line names, and a module that has them all. */
async function writeExamples(directory: string): Promise<void> {
  const readme = await readFile(join(projectRoot, 'helper/ssh/README.md'), 'utf8');
  const examples = [...readme.matchAll(/^```ts\n\/\/ (\w+)\.ts\n(.*?)^```$/gms)];
  for (const [, name, text = ''] of examples) await writeFile(join(directory, `${name}.ts`), text);
  const exports = examples.map(([, name]) => `export * from './${name}.js';\n`);
  await writeFile(join(directory, 'extension.ts'), exports.join(''));
}

async function checkTypes(directory: string, compilerOptions: Readonly<Record<string, string>>): Promise<string> {
  const strictness = { strict: true, skipLibCheck: false, types: ['node'], noEmit: true };
  const project = { compilerOptions: { ...compilerOptions, ...strictness }, files: ['extension.ts'] };
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(project));
  const { exitCode, stdout, stderr } = await runTool('tsc', [], directory);
  return exitCode === 0 ? '' : stdout + stderr;
}

async function buildConsumer(directory: string, form: ConsumerForm): Promise<ConsumerBuild> {
  const entryPoint = join(directory, form === 'bundled' ? 'extension.cjs' : 'extension.mjs');
  const { metafile } = await build({
    entryPoints: ['extension.ts'],
    outfile: entryPoint,
    bundle: true,
    platform: 'node',
    format: form === 'bundled' ? 'cjs' : 'esm',
    packages: form === 'bundled' ? 'bundle' : 'external',
    absWorkingDir: directory,
    metafile: true,
  });
  return { entryPoint, inputs: metafile.inputs };
}

async function runNpm(directory: string, npmArguments: readonly string[]): Promise<string> {
  const cache = ['--cache', join(directory, 'npm-cache'), '--no-update-notifier'];
  const env = { PATH: process.env['PATH'], HOME: directory };
  const options = { cwd: directory, env, signal: new AbortController().signal, deadlineMs: 60_000 };
  const { stdout } = await runProcess('npm', [...npmArguments, ...cache], options);
  return stdout;
}
