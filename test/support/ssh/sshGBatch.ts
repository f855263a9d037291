import { readFileSync } from 'node:fs';
import { passwdHome } from '../../../helper/platform/home.ts';
import type { Destination } from '../../../helper/ssh/config/destination.ts';
import type { OpenSshEnvironment } from '../../../helper/ssh/config/openSsh.ts';
import { parseSshG, type SshGOutput } from '../../../helper/ssh/config/sshG.ts';
import type { ScratchHome } from './scratchHome.ts';
import { scratchVariables } from './scratchHome.ts';
import { runTool } from './sshTools.ts';

export interface SshGCase {
  readonly home: ScratchHome;
  readonly destination: Destination;
}

export type SshGOutcome =
  | { readonly kind: 'printed'; readonly output: SshGOutput }
  /** The first place that OpenSSH names. */
  | { readonly kind: 'refused'; readonly file?: string; readonly line?: number };

/** Runs `ssh -G` for each home and destination, all from one shell, for a process costs more than ssh does in it. */
export async function sshGBatch(cases: readonly SshGCase[]): Promise<readonly SshGOutcome[]> {
  const script = cases.map(({ home, destination: { host, user, port } }) => {
    const args = [...(user === undefined ? [] : ['-l', user]), ...(port === undefined ? [] : ['-p', String(port)])];
    const words = ['ssh', '-F', home.at('.ssh/config'), ...args, '-G', '--', host].map((word) => `'${word}'`).join(' ');
    const files = `>'${home.at('stdout')}' 2>'${home.at('stderr')}'`;
    return `HOME='${home.path}' ${words} ${files} </dev/null; echo $? >'${home.at('status')}'`;
  });
  await runTool('sh', ['-c', script.join('\n')]);
  return cases.map(({ home }) => outcomeIn(home));
}

/** The environment `sshGBatch` runs in: the home of the passwd entry, but `$HOME`, and with it `Include`, elsewhere. */
export function batchEnvironment(home: ScratchHome): OpenSshEnvironment {
  return {
    sshPath: undefined,
    configFile: home.at('.ssh/config'),
    home: passwdHome(),
    homeIsOverridden: false,
    env: scratchVariables(home.path),
  };
}

function outcomeIn(home: ScratchHome): SshGOutcome {
  const read = (name: string) => readFileSync(home.at(name), 'utf8');
  if (read('status').trim() === '0') return { kind: 'printed', output: parseSshG(read('stdout')) };
  const [, file, line] = /^(.+?):? line (\d+): /m.exec(read('stderr')) ?? [];
  return file === undefined ? { kind: 'refused' } : { kind: 'refused', file, line: Number(line) };
}
