import { readFile, writeFile } from 'node:fs/promises';
import type { EmbeddedGitpod } from '../../../embedded-gitpod/embeddedGitpod.ts';
import { type Finished, run } from './run.ts';
import { TemporaryDirectory } from './temporaryDirectory.ts';

export type KeyKind = 'ed25519' | 'rsa' | 'ecdsa';

/** The real `ssh` and `ssh-keygen`, with every file of theirs in a directory of their own. */
export class OpenSsh implements AsyncDisposable {
  readonly #directory: TemporaryDirectory;
  readonly #gitpod: EmbeddedGitpod;

  /** Its known_hosts holds the SSH gateway's listed keys. */
  static async create(gitpod: EmbeddedGitpod): Promise<OpenSsh> {
    const directory = await TemporaryDirectory.create();
    const lines = gitpod.sshHostKeys.map(
      ({ type, blob }) => `[127.0.0.1]:${gitpod.sshPort} ${type} ${blob.toString('base64')}\n`,
    );
    await writeFile(directory.join('known_hosts'), lines.join(''));
    return new OpenSsh(directory, gitpod);
  }

  private constructor(directory: TemporaryDirectory, gitpod: EmbeddedGitpod) {
    this.#directory = directory;
    this.#gitpod = gitpod;
  }

  /** Makes a key pair; returns the private half's path. */
  async generateKey(kind: KeyKind, name: string = kind): Promise<string> {
    const path = this.#directory.join(name);
    const finished = await run('ssh-keygen', ['-q', '-t', kind, '-N', '', '-C', name, '-f', path]);
    if (finished.code !== 0) throw new Error(finished.stderr);
    return path;
  }

  publicKey(privateKeyPath: string): Promise<string> {
    return readFile(`${privateKeyPath}.pub`, 'utf8');
  }

  path(name: string): string {
    return this.#directory.join(name);
  }

  /** The options that keep it from everything of this machine, with `more` first, so that those win. */
  options(more: readonly string[] = []): string[] {
    const settings = [
      ...more,
      `Port=${this.#gitpod.sshPort}`,
      'BatchMode=yes',
      'StrictHostKeyChecking=yes',
      'UpdateHostKeys=no',
      `UserKnownHostsFile=${this.#directory.join('known_hosts')}`,
      'GlobalKnownHostsFile=/dev/null',
      'IdentityAgent=none',
      'IdentityFile=none',
      'LogLevel=INFO',
    ];
    return ['-F', 'none', ...settings.flatMap((setting) => ['-o', setting])];
  }

  /** `ssh <options> <user>@127.0.0.1 <command>` */
  ssh(
    user: string,
    command: readonly string[],
    options: { readonly settings?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<Finished> {
    const args = [...this.options(options.settings), '-l', user, '127.0.0.1', ...command];
    return run('ssh', args, options.env ? { env: options.env } : {});
  }

  /** `ssh` that is given a password by an askpass program. */
  async sshWithPassword(user: string, password: string, command: readonly string[]): Promise<Finished> {
    const askpass = this.#directory.join('askpass');
    await writeFile(askpass, '#!/bin/sh\nprintf "%s\\n" "$TEST_PASSWORD"\n', { mode: 0o700 });
    return this.ssh(user, command, {
      settings: ['BatchMode=no', 'PreferredAuthentications=password', 'NumberOfPasswordPrompts=2'],
      env: { SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', TEST_PASSWORD: password },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#directory[Symbol.asyncDispose]();
  }
}
