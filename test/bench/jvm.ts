/**
 * From the helper's start in a JVM to its first answer: the second start in one JVM and the first of a prewarmed one, as
 * ratios to `node -e 0`. Needs Maven and a JDK. Targets: 3 and 5.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildHelper } from '../../build.ts';

const outputDirectory = await mkdtemp(join(tmpdir(), 'jvm-bench-'));
try {
  await buildHelper();
  const properties = {
    'output.directory': outputDirectory,
    'helper.node': process.execPath,
    'included.tests': 'bench',
    'excluded.tests': '',
    test: 'StartBench',
    'surefire.failIfNoSpecifiedTests': 'false',
  };
  const definitions = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
  const maven = spawn('mvn', ['--quiet', '--batch-mode', ...definitions, 'test'], {
    cwd: join(import.meta.dirname, '../../gradle-shim'),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [exitCode] = await once(maven, 'exit');
  process.exitCode = exitCode;
} finally {
  await rm(outputDirectory, { recursive: true });
}
