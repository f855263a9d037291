import { rmSync } from 'node:fs';
import { runProcess } from '../../../helper/platform/process.ts';

export interface KeyOptions {
  readonly type: 'rsa' | 'dsa' | 'ecdsa' | 'ed25519';
  readonly bits?: number;
  readonly format?: 'PEM' | 'PKCS8';
  readonly passphrase?: string;
  readonly comment?: string;
  readonly withoutPub?: boolean;
}

/** Runs one of OpenSSH's programs and gives its stdout. */
export async function runTool(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const { stdout } = await runProcess(program, args, {
    signal: new AbortController().signal,
    deadlineMs: 20_000,
    env: { PATH: process.env['PATH'], ...env },
  });
  return stdout;
}

/** Makes a key pair with ssh-keygen and gives the private file's path. */
export async function makeKey(path: string, options: KeyOptions): Promise<string> {
  const { type, format, passphrase = '', comment = 'test key' } = options;
  const bits = options.bits ?? (type === 'rsa' ? 2048 : undefined); // ssh-keygen's own 3072 take long to make
  const size = bits === undefined ? [] : ['-b', String(bits)];
  const form = format === undefined ? [] : ['-m', format];
  await runTool('ssh-keygen', ['-q', '-t', type, ...size, ...form, '-N', passphrase, '-C', comment, '-f', path]);
  if (options.withoutPub === true) rmSync(`${path}.pub`);
  return path;
}

/** Certifies `<key>.pub` as a user key and gives the path of the certificate, `<key>-cert.pub`. */
export async function certify(authority: string, key: string): Promise<string> {
  await runTool('ssh-keygen', ['-q', '-s', authority, '-I', 'test certificate', '-n', 'root', `${key}.pub`]);
  return `${key}-cert.pub`;
}

/** Gives bits and fingerprint as `ssh-keygen -lf` prints them. */
export async function keygenFingerprint(
  path: string,
): Promise<{ readonly bits: number; readonly fingerprint: string }> {
  const [bits, fingerprint] = (await runTool('ssh-keygen', ['-lf', path])).split(' ');
  return { bits: Number(bits), fingerprint: fingerprint ?? '' };
}
