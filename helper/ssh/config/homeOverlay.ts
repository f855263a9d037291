import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { SshConfigError } from '../errors.ts';
import { splitArguments } from './arguments.ts';
import type { OpenSshEnvironment } from './openSsh.ts';

export interface HomeOverlay extends AsyncDisposable {
  /** The file to give to OpenSSH with `-F`; undefined for none. */
  readonly configFile: string | undefined;
  /** Gives the file that a copy was made of, for messages; any other path is given back. */
  readonly originalOf: (file: string) => string;
}

const INCLUDE_PATTERN = /^(\s*include(?:\s*=\s*|\s+|(?=["'])))(.*)$/i;
const MAX_FILES = 1024;

/**
 * Makes `Include` respect an overridden home.
 *
 * OpenSSH takes `~` and relative paths in `Include` from the passwd home, whatever `-F` says. With an overridden home, a
 * configuration that includes anything is therefore copied to a private directory, line for line, with every `Include`
 * naming copies of the files meant. The copies are deleted on disposal.
 *
 * @throws SshConfigError when a file cannot be read.
 */
export async function homeOverlay(
  environment: OpenSshEnvironment,
  configFile: string | undefined,
): Promise<HomeOverlay> {
  const unchanged = { configFile, originalOf: (file: string) => file, [Symbol.asyncDispose]: async () => undefined };
  if (!environment.homeIsOverridden || configFile === undefined || configFile === 'none') return unchanged;
  const text = await readConfigFile(configFile);
  if (!text.split('\n').some((line) => INCLUDE_PATTERN.test(line))) return unchanged;

  const directory = await mkdtemp(join(tmpdir(), 'ssh-config-'));
  const release = () => rm(directory, { recursive: true, force: true });
  try {
    const copies = await copyConfiguration(configFile, environment.home, directory);
    const originals = new Map([...copies].map(([original, copy]) => [copy, original]));
    return {
      configFile: copies.get(configFile),
      originalOf: (file) => originals.get(file) ?? file,
      [Symbol.asyncDispose]: release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Copies a file and all it includes; gives the copy of each original. A circle of includes stays one, for OpenSSH to refuse. */
async function copyConfiguration(
  configFile: string,
  home: string,
  directory: string,
): Promise<ReadonlyMap<string, string>> {
  const copies = new Map<string, string>();
  const waiting: string[] = [];
  const copyOf = (original: string): string => {
    const known = copies.get(original);
    if (known !== undefined) return known;
    if (copies.size === MAX_FILES) throw new SshConfigError(`${configFile} includes more than ${MAX_FILES} files`);
    const copy = join(directory, `${copies.size}.conf`);
    copies.set(original, copy);
    waiting.push(original);
    return copy;
  };
  copyOf(configFile);
  for (let original = waiting.shift(); original !== undefined; original = waiting.shift()) {
    const text = await readConfigFile(original);
    await writeFile(copyOf(original), redirectIncludes(text, home, copyOf), { mode: 0o600 });
  }
  return copies;
}

function redirectIncludes(text: string, home: string, copyOf: (original: string) => string): string {
  const redirect = (line: string) => {
    const [, keyword, value] = INCLUDE_PATTERN.exec(line) ?? [];
    const patterns = value === undefined ? undefined : splitArguments(value);
    // A line that OpenSSH refuses is left for OpenSSH to refuse.
    if (keyword === undefined || patterns === undefined || patterns.length === 0) return line;
    const files = patterns.flatMap((pattern) => globSync(absoluteIn(home, pattern)).sort());
    return files.length === 0 ? '' : keyword + files.map((file) => `"${copyOf(file)}"`).join(' ');
  };
  return text.split('\n').map(redirect).join('\n');
}

function absoluteIn(home: string, pattern: string): string {
  const [, belowHome] = /^(?:~|%d|\$\{HOME\})\/(.*)$/s.exec(pattern) ?? [];
  if (belowHome !== undefined) return join(home, belowHome);
  return isAbsolute(pattern) ? pattern : join(home, '.ssh', pattern);
}

async function readConfigFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'latin1');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SshConfigError(`${file} cannot be read: ${reason}`, { file, cause });
  }
}
