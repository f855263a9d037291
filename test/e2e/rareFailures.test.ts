import { mkdir, rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closedPort } from '../support/closedPort.ts';
import { scratchAgent } from '../support/ssh/scratchAgent.ts';
import { runTool } from '../support/ssh/sshTools.ts';
import { makePatient, type Patient } from './doctor/support/patient.ts';

let patient: Patient;
beforeEach(async () => {
  patient = await makePatient();
});
afterEach(() => patient[Symbol.asyncDispose]());

/** Runs a command with --json and gives the failure it ends with. */
async function failureOf(...words: string[]): Promise<{ code: string; message: string; remedies: unknown[] }> {
  const { code, stdout, stderr } = await patient.run([...words, '--json']);
  expect(code, stdout).not.toBe(0);
  const last = stdout.trim().split('\n').at(-1);
  if (last === undefined || last === '') throw new Error(`there is no document: ${stderr}`);
  return JSON.parse(last).failure;
}

test('a key that is not on this machine', async () => {
  expect(await failureOf('keys', 'register', 'SHA256:nothing')).toMatchObject({
    code: 'KEY_NOT_FOUND',
    message: expect.stringContaining('SHA256:nothing'),
    remedies: [{ command: 'gitpod-helper keys' }],
  });
});

test('an agent that wants a confirmation which nobody gives', async () => {
  await using agent = await scratchAgent();
  await runTool('ssh-add', ['-q', '-c', patient.keyFile], { SSH_AUTH_SOCK: agent.path });
  await rm(patient.keyFile);
  patient.env['SSH_AUTH_SOCK'] = agent.path;
  expect(await failureOf('connect', patient.workspace.id, '--method', 'key')).toMatchObject({
    code: 'AGENT_FAILED',
    message: expect.stringMatching(/did not sign with the key SHA256:/),
    remedies: [{ text: expect.stringMatching(/Unlock the agent/) }, { command: 'ssh-add -l' }],
  });
});

test('a key that the SSH gateway refuses', async () => {
  patient.gitpod.faults.refuseKeys = true;
  expect(await failureOf('connect', patient.workspace.id, '--method', 'key')).toMatchObject({ code: 'KEY_REFUSED' });
});

test('an owner token that is refused although it is the present one', async () => {
  patient.gitpod.faults.tunnelUpgradeStatus = 403;
  patient.options.set('--ssh-port', String(await closedPort()));
  expect(await failureOf('connect', patient.workspace.id, '--method', 'owner-token')).toMatchObject({
    code: 'OWNER_TOKEN_REFUSED',
  });
});

test('a configuration of OpenSSH that is no file', async () => {
  await patient.login();
  await mkdir(patient.home.at('.ssh/config'));
  expect(await failureOf('ssh-config', 'install')).toMatchObject({
    code: 'SSH_CONFIG_NOT_WRITABLE',
    message: expect.stringMatching(/\.ssh\/config is not a regular file/),
  });
});

test('a configuration of OpenSSH with which other hosts would change', async () => {
  await patient.login();
  const config = patient.home.at('.ssh/config');
  patient.home.write('.ssh/config', `Match exec "grep -q ^Include ${config}"\n  Port 2222\n`);
  expect(await failureOf('ssh-config', 'install')).toMatchObject({ code: 'SSH_CONFIG_CONFLICT' });
});

test('an editor is to be opened, but OpenSSH does not know the workspaces', async () => {
  await patient.login();
  expect(await failureOf('open', patient.workspace.id)).toMatchObject({
    code: 'SSH_CONFIG_NOT_INSTALLED',
    remedies: [{ command: 'gitpod-helper ssh-config install' }],
  });
});

test('an editor that is not on this machine', async () => {
  await patient.login();
  await patient.follow('gitpod-helper ssh-config install');
  expect(await failureOf('open', patient.workspace.id, '--editor', 'codium')).toMatchObject({
    code: 'PROGRAM_NOT_FOUND',
    message: expect.stringContaining('codium'),
  });
});
