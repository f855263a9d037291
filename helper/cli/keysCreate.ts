import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { WireCore } from '../connection/core.ts';
import { registerKey } from '../connection/registerKey.ts';
import { failure } from '../failures.ts';
import { findProgram } from '../platform/findProgram.ts';
import { fingerprintSha256, parsePublicKeyLine } from '../ssh/identities/publicKey.ts';
import { ensurePrivateDirectory } from '../ssh/openssh/privateFile.ts';
import { askConsent } from './askConsent.ts';
import { addCommonOptions, type CommonOptions, installationOf } from './commonOptions.ts';
import { type CommandContext, runCommand } from './runCommand.ts';

type CreateOptions = CommonOptions & {
  readonly register: boolean;
  readonly yes: boolean;
  readonly passphrase: boolean;
  readonly name: string;
};

/** `keys create [--register]` and `keys register FINGERPRINT`, below the command `keys`. */
export function addKeyActions(keys: Command, wireCore: WireCore): void {
  addCommonOptions(keys.command('create'))
    .description('make an Ed25519 key with ssh-keygen; an existing file is never overwritten')
    .option('--register', 'register it with your account, too', false)
    .option('--yes', 'do not ask first', false)
    .option('--no-passphrase', 'without a passphrase, so that nothing asks for one')
    .option('--name <name>', 'what to call it', '')
    .action((options: CreateOptions) => runCommand(options, wireCore, (context) => create(options, context)));
  addCommonOptions(keys.command('register <fingerprint>'))
    .description('register a key of this machine with your account')
    .option('--name <name>', 'what to call it (default: its comment)', '')
    .action((fingerprint: string, options: CommonOptions & { readonly name: string }) =>
      runCommand(options, wireCore, (context) => register(fingerprint, options.name, options, context)),
    );
}

async function create(options: CreateOptions, context: CommandContext): Promise<void> {
  const { core, output, signal } = context;
  const { home, env } = core.context.openSsh;
  const path = join(home, '.ssh', 'id_ed25519');
  if (existsSync(path) || existsSync(`${path}.pub`)) {
    const problem = `${path} is there already, and is never overwritten`;
    throw failure('INVALID_ARGUMENT', { argument: 'keys create', problem });
  }
  if (!options.yes && !(await consents(`Make the key ${path}?`, signal))) {
    throw failure('INVALID_ARGUMENT', { argument: 'keys create', problem: 'it was not agreed to; see --yes' });
  }
  await ensurePrivateDirectory(join(home, '.ssh'));
  await runSshKeygen(path, options, env);
  const key = parsePublicKeyLine(readFileSync(`${path}.pub`, 'utf8'));
  const fingerprint = fingerprintSha256(key.blob);
  output.document({ path, fingerprint });
  output.line(`Made ${path}, ${fingerprint}.`);
  if (options.register) await register(fingerprint, options.name, options, context);
}

async function register(
  fingerprint: string,
  name: string,
  options: CommonOptions,
  { core, output, signal }: CommandContext,
): Promise<void> {
  const installation = installationOf(options);
  const registered = await registerKey(
    core,
    installation,
    fingerprint,
    name,
    ({ url, publicKeyLine }) => {
      output.document({ manual: { url, public_key: publicKeyLine } });
      output.line(`The token may not register keys. Open ${url} and add this key; I wait until it is there:`);
      output.line(publicKeyLine);
    },
    signal,
  );
  output.document({ registered: { name: registered.key.name, fingerprint } });
  output.line(`Registered with ${installation.host} as "${registered.key.name}".`);
}

async function consents(question: string, signal: AbortSignal): Promise<boolean | undefined> {
  return process.stdin.isTTY ? askConsent(question, signal) : false;
}

/** ssh-keygen asks for the passphrase itself, on the terminal, unless none is wanted. */
async function runSshKeygen(
  path: string,
  options: CreateOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const program = findProgram('ssh-keygen', env);
  if (program === undefined) throw failure('PROGRAM_NOT_FOUND', { program: 'ssh-keygen', purpose: 'making keys' });
  const comment = options.name === '' ? [] : ['-C', options.name];
  const passphrase = options.passphrase ? [] : ['-N', ''];
  const child = spawn(program, ['-q', '-t', 'ed25519', '-f', path, ...comment, ...passphrase], {
    stdio: [process.stdin.isTTY ? 'inherit' : 'ignore', 'ignore', 'inherit'],
    env: { ...env },
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) {
    throw failure('INVALID_ARGUMENT', { argument: 'keys create', problem: `ssh-keygen ended with ${code}` });
  }
}
