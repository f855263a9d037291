import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const minJdk = 17;
const timeoutMs = 60_000;

/** What the JVM tests need and this machine lacks, in words; undefined when everything is there. */
export async function missingForJvmTests(): Promise<string | undefined> {
  let description: string;
  try {
    description = (await promisify(execFile)('mvn', ['--version', '-Dstyle.color=never'], { timeout: timeoutMs }))
      .stdout;
  } catch (error) {
    const notFound = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return notFound ? 'Maven (mvn)' : `a Java runtime that Maven (mvn) can use: ${String(error)}`;
  }
  return missingInJava(description);
}

/** A Java runtime that is installed here. */
export interface Jdk {
  readonly major: number;
  /** Its `java`. */
  readonly java: string;
}

/** The newest of those where Linux distributions put them; IDEs run newer ones than the plugin is built for. */
export async function newestJdk(): Promise<Jdk | undefined> {
  const found: Jdk[] = [];
  for await (const file of glob('/usr/lib/jvm/*/release')) {
    const major = /^JAVA_VERSION="(\d+)/m.exec(await readFile(file, 'utf8'))?.[1];
    if (major !== undefined) found.push({ major: Number(major), java: join(dirname(file), 'bin/java') });
  }
  return found.sort((one, other) => other.major - one.major)[0];
}

/** Maven tells the Java it would use: `Java version: 17.0.15, vendor: Debian, runtime: /usr/lib/jvm/…`. */
function missingInJava(description: string): string | undefined {
  const [, version, runtime] = /^Java version: (\d+)[^,\n]*,.*\bruntime: (.+)$/m.exec(description) ?? [];
  if (version === undefined || runtime === undefined) return `a Java runtime that Maven can name: ${description}`;
  if (Number(version) < minJdk) return `a JDK of version ${minJdk} or newer; Maven uses ${version} at ${runtime}`;
  if (!existsSync(join(runtime, 'bin', 'javac')))
    return `a Java compiler (javac); Maven uses the runtime at ${runtime}`;
  return undefined;
}
