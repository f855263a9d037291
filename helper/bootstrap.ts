/**
 * The first file of the bundle: checks the runtime, then runs the rest through V8's code cache. Compiling is a third of
 * the start otherwise; the cache is written after a run, when it holds every function that the run has used.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

const oldestMajor = 22;

function start(): void {
  if (Number(process.versions.node.split('.')[0]) < oldestMajor) {
    console.error(
      `gitpod-helper needs Node ${oldestMajor} or newer; this is ${process.version}. See https://nodejs.org`,
    );
    process.exit(1);
  }
  const path = join(__dirname, 'helper-main.cjs');
  // What a front end's helper uses and what a command uses are different functions.
  const use = process.argv[2] === 'serve' ? 'serve' : 'command';
  const cachePath = join(__dirname, 'code-cache', `${use}-${process.version}-${process.arch}-${__BUNDLE_HASH__}`);
  const source = `(function (require, module, exports, __filename, __dirname) {${readFileSync(path, 'utf8')}\n})`;
  const cachedData = readOrUndefined(cachePath);
  const script = new Script(source, { filename: path, ...(cachedData === undefined ? {} : { cachedData }) });
  if (cachedData === undefined || script.cachedDataRejected === true) {
    process.once('exit', () => writeCache(script, cachePath));
  }
  script.runInThisContext()(createRequire(path), { exports: {} }, {}, path, __dirname);
}

function readOrUndefined(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined; // not written yet
  }
}

/** A directory that cannot be written to costs the speed and nothing else. */
function writeCache(script: Script, path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, script.createCachedData());
    renameSync(temporary, path);
  } catch {
    // installed by somebody else, on a read-only file system, or the disk is full
  }
}

declare const __BUNDLE_HASH__: string;

start();
