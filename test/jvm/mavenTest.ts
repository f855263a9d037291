import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Jdk } from './jdk.ts';
import { parseSurefireReport, type SurefireTestCase } from './surefireReport.ts';

const root = join(import.meta.dirname, '../..');
const moduleDirectory = join(root, 'gradle-shim');
const logDirectory = join(root, 'test-results');

/** With an empty local repository Maven also downloads some 100 MB. */
const timeoutMs = 900_000;
const shownLogLines = 40;

export interface MavenTestRun {
  readonly exitCode: number | null;
  readonly cases: readonly SurefireTestCase[];
  /** The end of what Maven printed; all of it is in `test-results/maven-fast.log` or `maven-slow.log`. */
  readonly logTail: string;
}

/**
 * Builds the shim and runs its JUnit tests against the built helper, with the Node that runs this. It is built in a
 * directory of its own: Maven keeps classes and reports whose source is gone, and another run may be under way.
 *
 * @param jdk runs the tests; Maven's own without it, which builds them in any case.
 */
export async function runMavenTest(speed: 'fast' | 'slow', jdk?: Jdk): Promise<MavenTestRun> {
  const buildDirectory = await mkdtemp(join(tmpdir(), 'shim-build-'));
  try {
    const logFile = join(buildDirectory, 'maven.log');
    const exitCode = await runMaven(buildDirectory, logFile, speed, jdk);
    await mkdir(logDirectory, { recursive: true });
    const name = jdk === undefined ? speed : `${speed}-jdk${jdk.major}`;
    await copyFile(logFile, join(logDirectory, `maven-${name}.log`));
    return { exitCode, cases: await readReports(buildDirectory), logTail: await tail(logFile) };
  } finally {
    await rm(buildDirectory, { recursive: true, force: true });
  }
}

async function runMaven(
  buildDirectory: string,
  logFile: string,
  speed: 'fast' | 'slow',
  jdk: Jdk | undefined,
): Promise<number | null> {
  await using log = await open(logFile, 'w');
  const properties = {
    'style.color': 'never',
    'output.directory': buildDirectory,
    'helper.node': process.execPath,
    'helper.script': join(root, 'dist/helper.cjs'),
    'embedded.script': join(root, 'test/embedded-gitpod/main.ts'),
    'test.temporary.directory': tmpdir(),
    ...(jdk === undefined ? {} : { jvm: jdk.java }),
    ...(speed === 'slow' ? { 'included.tests': 'slow', 'excluded.tests': '' } : {}),
  };
  const definitions = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
  const maven = spawn('mvn', ['--quiet', '--batch-mode', ...definitions, 'test'], {
    cwd: moduleDirectory,
    stdio: ['ignore', log.fd, log.fd],
    timeout: timeoutMs,
  });
  const [exitCode]: (number | null)[] = await once(maven, 'exit');
  return exitCode ?? null;
}

async function readReports(buildDirectory: string): Promise<SurefireTestCase[]> {
  const directory = join(buildDirectory, 'gitpod-gateway/surefire-reports');
  const files = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []; // the build did not come as far as the tests
    throw error;
  });
  const reports = files.filter((name) => /^TEST-.*\.xml$/.test(name)).sort();
  const cases = await Promise.all(
    reports.map(async (name) => parseSurefireReport(await readFile(join(directory, name), 'utf8'))),
  );
  return cases.flat();
}

async function tail(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-shownLogLines).join('\n');
}
