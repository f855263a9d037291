import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { passwdHome } from '../../../helper/platform/home.ts';
import { scratchHome, scratchVariables } from '../../support/ssh/scratchHome.ts';
import { makeKey, runTool } from '../../support/ssh/sshTools.ts';
import { canTrace } from '../../support/strace.ts';

const program = fileURLToPath(new URL('../../support/ssh/gatherInHome.ts', import.meta.url));

test.runIf(canTrace())('with an overridden home no file of the real .ssh is even looked for', async () => {
  await using home = scratchHome(
    'Include more ~/.ssh/other\nIdentityFile ~/.ssh/k\nIdentityFile %d/.ssh/j\nIdentityAgent ~/agent\n',
  );
  home.write('.ssh/more', 'Include deeper\nUser from-more\n');
  home.write('.ssh/deeper', 'Match exec "cat ~/.ssh/k.pub >/dev/null"\n  Port 2222\n');
  const key = await makeKey(home.at('.ssh/k'), { type: 'ed25519' });
  const trace = home.at('trace');
  const command = ['-f', '-e', 'trace=file', '-o', trace, process.execPath, program, home.path];
  const output = await runTool('strace', command, { ...scratchVariables('/'), TMPDIR: home.path });
  expect(JSON.parse(output)).toEqual({ port: 2222, user: 'from-more', paths: [key, home.at('.ssh/j')] });

  const lines = readFileSync(trace, 'utf8').split('\n');
  const below = (directory: string) => lines.filter((line) => line.includes(`"${directory}/.ssh`));
  expect(below(home.path)).not.toEqual([]);
  expect(below(passwdHome())).toEqual([]);
});
