import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { text as readText } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgram } from '../../helper/platform/findProgram.ts';
import { runCommand } from '../support/runBundle.ts';
import { type ScratchHome, scratchHome } from '../support/ssh/scratchHome.ts';

let home: ScratchHome;
beforeAll(async () => {
  home = scratchHome('');
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await runCommand(['completion', shell]);
    expect(code).toBe(0);
    writeFileSync(home.at(`completion.${shell}`), stdout);
  }
  mkdirSync(home.at('my files/inner dir'), { recursive: true });
  writeFileSync(home.at('my files/inner token'), '');
});
afterAll(() => home[Symbol.asyncDispose]());

/** Runs a shell's script to its end in the scratch home and gives the lines it prints. */
async function runShell(program: string, shellArguments: readonly string[]): Promise<readonly string[]> {
  const env = { PATH: process.env['PATH'], HOME: home.path };
  const child = spawn(program, shellArguments, { cwd: home.path, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [stdout] = await Promise.all([readText(child.stdout), once(child, 'close')]);
  return stdout.split('\n').filter((line) => line !== '');
}

/** What bash offers for the last of the words. */
function completeInBash(...words: readonly string[]): Promise<readonly string[]> {
  const script = `set -u
source ./completion.bash
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_gitpod_helper
printf '%s\\n' "\${COMPREPLY[@]+"\${COMPREPLY[@]}"}"`;
  return runShell('bash', ['--norc', '--noprofile', '-c', script, 'bash', 'gitpod-helper', ...words]);
}

describe('in bash', () => {
  test('it is registered for the program', async () => {
    const [line] = await runShell('bash', ['--norc', '-c', 'source ./completion.bash; complete -p gitpod-helper']);
    expect(line).toBe('complete -F _gitpod_helper gitpod-helper');
  });

  test('commands are offered, hidden ones are not', async () => {
    const commands = await completeInBash('');
    expect(commands).toEqual(expect.arrayContaining(['list', 'connect', 'ssh-config', 'completion', 'doctor']));
    expect(commands).not.toContain('askpass');
    expect(await completeInBash('ssh')).toEqual(['ssh', 'ssh-command', 'ssh-config']);
    expect(await completeInBash('-')).toEqual(['--version', '--help']);
  });

  test('commands below a command, also behind options', async () => {
    expect(await completeInBash('ssh-config', '')).toEqual(['show', 'install', 'status', 'remove']);
    expect(await completeInBash('keys', '--json', 'cr')).toEqual(['create']);
  });

  test('options are those of the command', async () => {
    expect(await completeInBash('connect', 'some-workspace', '--local')).toEqual(['--local-port']);
    expect(await completeInBash('list', '--local')).toEqual([]);
    expect(await completeInBash('ssh-config', 'show', '--ho')).toEqual(['--host', '--home']);
    expect(await completeInBash('explain', '--')).toEqual(['--json', '--help']);
  });

  test('choices, apart and behind an equals sign', async () => {
    expect(await completeInBash('open', '--editor', 'vs')).toEqual(['vscode', 'vscode-insiders']);
    expect(await completeInBash('open', '--editor', '=', 'cu')).toEqual(['cursor']);
    expect(await completeInBash('open', '--editor', '=')).toContain('codium');
    expect(await completeInBash('connect', '--method', '')).toEqual(['key', 'owner-token', 'local-companion']);
    expect(await completeInBash('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  test('files and directories, with spaces in their names', async () => {
    expect(await completeInBash('list', '--token-file', 'my')).toEqual(['my files']);
    expect([...(await completeInBash('list', '-F', 'my files/in'))].sort()).toEqual([
      'my files/inner dir',
      'my files/inner token',
    ]);
    expect(await completeInBash('list', '--home', 'my files/in')).toEqual(['my files/inner dir']);
  });

  test('nothing where only the person knows', async () => {
    expect(await completeInBash('list', '--host', '')).toEqual([]);
    expect(await completeInBash('connect', '')).toEqual([]);
  });
});

describe.skipIf(findProgram('zsh', process.env, []) === undefined)('in zsh', () => {
  test('the script is read and registers itself', async () => {
    const script = 'autoload -U compinit; compinit -u -D; source ./completion.zsh; print $_comps[gitpod-helper]';
    expect(await runShell('zsh', ['-f', '-c', script])).toEqual(['_gitpod-helper']);
  });
});

describe.skipIf(findProgram('fish', process.env, []) === undefined)('in fish', () => {
  test.each([
    ['gitpod-helper ssh-config ', ['install', 'remove', 'show', 'status']],
    ['gitpod-helper open --editor vs', ['vscode', 'vscode-insiders']],
  ])('%j', async (line, expected) => {
    const script = `source ./completion.fish; complete --do-complete ${JSON.stringify(line)}`;
    const offered = await runShell('fish', ['--no-config', '-c', script]);
    expect(offered.map((each) => each.split('\t')[0]).sort()).toEqual(expected);
  });
});

test('another shell is refused with the ones there are', async () => {
  const { code, stderr } = await runCommand(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toContain('Allowed choices are bash, zsh, fish');
});
