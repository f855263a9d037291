import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { allChecks } from '../../../helper/diagnosis/allChecks.ts';
import { checkIds } from '../../../helper/diagnosis/check.ts';
import { scratchAgent } from '../../support/ssh/scratchAgent.ts';
import { makeKey } from '../../support/ssh/sshTools.ts';
import { TerminalCommand } from '../../support/terminal.ts';
import { makePatient, type Patient } from './support/patient.ts';

let patient: Patient;
beforeEach(async () => {
  patient = await makePatient();
});
afterEach(() => patient[Symbol.asyncDispose]());

test('a machine on which all is well is healthy, every way in was gone, and its times are told', async () => {
  const { code, outcome, checks, check } = await patient.doctor();
  expect(checks.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  expect({ code, outcome }).toEqual({ code: 0, outcome: 'healthy' });
  expect(check('route-key').value).toMatch(
    /^it works \(\d+ ms: connection and key exchange \d+ ms, authentication \d+ ms, channel \d+ ms\)$/,
  );
  expect(check('way-in').value).toBe('4 of 4 ways work; "By key over the SSH port" is taken');
  expect(checks.map(({ id }) => id)).toEqual([...checkIds]);
  expect(allChecks.map(({ id }) => id)).toEqual([...checkIds]);
});

test('without a workspace it checks what it can, the SSH gateway of one that runs included', async () => {
  const { code, stdout } = await patient.run(['doctor', '--json']);
  const { doctor } = JSON.parse(stdout);
  expect(code).toBe(0);
  const byId = Object.fromEntries(doctor.checks.map((check: { id: string }) => [check.id, check]));
  expect(byId['gateway-host-key']).toMatchObject({ verdict: 'ok', value: 'it is a published one' });
  expect(byId['workspace']).toMatchObject({ verdict: 'skipped', value: expect.stringContaining('none was named') });
});

test('with everything broken, and nothing reachable, the first cause stands out and what is local is told', async () => {
  patient.options.set('--host', 'nowhere.invalid');
  patient.options.set('--ca-file', patient.home.at('nowhere.pem'));
  delete patient.env['GITPOD_TOKEN'];
  const { code, outcome, check } = await patient.doctor();
  expect({ code, outcome }).toEqual({ code: 9, outcome: 'broken' });
  expect(check('settings').verdict).toBe('problem');
  expect(check('name').verdict).toBe('problem');
  expect(check('tls')).toMatchObject({ verdict: 'skipped', value: expect.stringContaining('it builds on') });
  expect(check('keys')).toMatchObject({ verdict: 'skipped', details: [patient.keyFile, expect.any(String)] });
  expect(check('ssh-config').verdict).toBe('ok');
});

test('with -F none the managed configuration is not installed, and that is no problem', async () => {
  patient.options.set('-F', 'none');
  const { code, check } = await patient.doctor();
  expect(check('managed-config')).toMatchObject({ verdict: 'ok', value: expect.stringMatching(/^not installed/) });
  expect(code).toBe(0);
});

test('an agent with many keys is told of without an account, too', async () => {
  const names = ['1', '2', '3', '4', '5', '6'];
  const keys = await Promise.all(names.map((name) => makeKey(patient.home.at(name), { type: 'ed25519' })));
  await using agent = await scratchAgent(...keys);
  patient.env['SSH_AUTH_SOCK'] = agent.path;
  delete patient.env['GITPOD_TOKEN'];
  const { check } = await patient.doctor();
  expect(check('agent')).toMatchObject({
    verdict: 'warning',
    value: expect.stringMatching(/^The SSH agent has 6 keys:/),
  });
});

test('a workspace that is none is wrong usage', async () => {
  expect(await patient.run(['doctor', 'nonsense'])).toMatchObject({ code: 2 });
});

describe('for a person', () => {
  test('piped: 80 columns, every verdict a word, no control characters; the commands stay whole', async () => {
    delete patient.env['GITPOD_TOKEN'];
    const { code, stdout, stderr } = await patient.run(['doctor', patient.workspace.id]);
    expect({ code, stderr }).toEqual({ code: 9, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines.filter((line) => line.length > 80 && !/^ {11}(gitpod-helper|https)/.test(line))).toEqual([]);
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
    const [list = ''] = stdout.split('\nBroken:');
    for (const line of list.split('\n'))
      expect(line).toMatch(/^$|^(ok|warning|problem|skipped) +\S|^ {9}\S|^ {11}\S|^[A-Z][\w ]+:$/);
    expect(stdout).toMatch(/^problem {2}Sign-in: .* wants you to sign in/m);
    expect(stdout).toContain(`\n           gitpod-helper login --host ${patient.gitpod.host}\n`);
    expect(stdout).toMatch(/^Broken: 1 problem, 0 warnings\./m);
  });

  test('on a terminal: what is waited for is shown meanwhile, and taken away', async () => {
    const words = ['doctor', patient.workspace.id, ...[...patient.options].flat()];
    await using command = new TerminalCommand(words, { ...patient.env, TERM: 'xterm', FORCE_COLOR: '1', NO_COLOR: '' });
    expect(await command.exited).toBe(0);
    const shown = command.screen();
    expect(shown).toContain('checking Runtime …');
    const afterErasing = shown.split('checking ').map((text) => text.replace(/^[^\n]*…\P{L}*\[K/u, ''));
    expect(afterErasing.join('')).not.toContain('…');
    expect(afterErasing.join('')).toContain('Healthy: nothing is wrong.');
  });
});
