import { readFile } from 'node:fs/promises';
import { runProcess } from '../../../../helper/platform/process.ts';
import { EmbeddedGitpod, type EmbeddedUser, type EmbeddedWorkspace } from '../../../embedded-gitpod/embeddedGitpod.ts';
import { runCommand, startCommand } from '../../../support/runBundle.ts';
import { type ScratchHome, scratchHome } from '../../../support/ssh/scratchHome.ts';
import { makeKey } from '../../../support/ssh/sshTools.ts';

/** A result of `doctor --json`. */
export interface CheckDocument {
  readonly id: string;
  readonly title: string;
  readonly verdict: string;
  readonly value: string;
  readonly remedies: readonly { readonly text: string; readonly command?: string; readonly url?: string }[];
  readonly details: readonly string[];
}

/** A user's machine and an installation with one running workspace, all well: a test breaks something of it. */
export interface Patient extends AsyncDisposable {
  readonly gitpod: EmbeddedGitpod;
  readonly user: EmbeddedUser;
  readonly workspace: EmbeddedWorkspace;
  readonly home: ScratchHome;
  readonly keyFile: string;
  /** What every command is started with; a test may change it. */
  readonly options: Map<string, string>;
  readonly env: Record<string, string>;
  /** Everything that is started for the patient and must end with it. */
  readonly resources: AsyncDisposableStack;
  /** Keeps the token as `login` does, instead of in the environment. */
  readonly login: () => Promise<void>;
  readonly run: (words: readonly string[]) => Promise<{ code: number | null; stdout: string; stderr: string }>;
  /** Does what a remedy says: a command of ours with the options of this installation, or any other in a shell. */
  readonly follow: (command: string) => Promise<void>;
  readonly doctor: () => Promise<{
    readonly code: number | null;
    readonly outcome: string;
    readonly check: (id: string) => CheckDocument;
    readonly checks: readonly CheckDocument[];
  }>;
}

export async function makePatient(): Promise<Patient> {
  await using resources = new AsyncDisposableStack();
  const gitpod = resources.use(await EmbeddedGitpod.start({ supervisorTimeoutMs: 100 }));
  const user = gitpod.addUser({ name: 'ada' });
  const workspace = gitpod.addWorkspace(user, { creationTime: new Date(Date.now() - 3_600_000).toISOString() });
  const home = resources.use(scratchHome());
  const keyFile = await makeKey(home.at('.ssh/id_ed25519'), { type: 'ed25519' });
  user.addSshPublicKey('laptop', await readFile(`${keyFile}.pub`, 'utf8'));
  const options = new Map([
    ['--host', gitpod.host],
    ['--ca-file', gitpod.caFile],
    ['--resolve', gitpod.resolve],
    ['--ssh-port', String(gitpod.sshPort)],
    ['--home', home.path],
  ]);
  const env: Record<string, string> = { GITPOD_TOKEN: user.personalAccessToken };
  const run: Patient['run'] = (words) => runCommand([...words, ...[...options].flat()], env);
  const owned = resources.move();
  return {
    gitpod,
    user,
    workspace,
    home,
    keyFile,
    options,
    env,
    resources: owned,
    run,
    login: async () => {
      const command = startCommand(['login', '--token-stdin', ...[...options].flat()], {}, 'pipe');
      command.child.stdin?.end(`${user.personalAccessToken}\n`);
      if ((await command.exited) !== 0) throw new Error(command.stderr());
      delete env['GITPOD_TOKEN'];
    },
    follow: async (command) => {
      const [program, ...words] = command.split(' ');
      if (program === 'gitpod-helper') {
        const { code, stderr, stdout } = await run(words.flatMap(withoutHost));
        if (code !== 0) throw new Error(`${command} ended with ${code}: ${stderr}${stdout}`);
        return;
      }
      const signal = new AbortController().signal;
      await runProcess('/bin/sh', ['-c', command], {
        signal,
        deadlineMs: 20_000,
        env: { PATH: process.env['PATH'], HOME: home.path, ...env },
      });
    },
    doctor: async () => {
      const { code, stdout, stderr } = await run(['doctor', workspace.id, '--json']);
      const { doctor } = JSON.parse(
        stdout === '' ? `{"doctor":{"outcome":${JSON.stringify(stderr)},"checks":[]}}` : stdout,
      );
      const checks: readonly CheckDocument[] = doctor.checks;
      const check = (id: string) => {
        const found = checks.find((each) => each.id === id);
        if (found === undefined) throw new Error(`there is no check ${id} in ${stdout}${stderr}`);
        return found;
      };
      return { code, outcome: doctor.outcome, checks, check };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** `--host NAME` of a remedy is among the patient's own options. */
function withoutHost(word: string, index: number, words: readonly string[]): readonly string[] {
  return word === '--host' || words[index - 1] === '--host' ? [] : [word];
}
