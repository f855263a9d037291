import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand, startCommand } from '../support/runBundle.ts';
import { makePatient, type Patient } from './doctor/support/patient.ts';

let patient: Patient;
beforeEach(async () => {
  patient = await makePatient();
});
afterEach(() => patient[Symbol.asyncDispose]());

test('explain needs neither an account nor a network', async () => {
  const { code, stdout } = await runCommand(['explain', 'Permission', 'denied', '().']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('no credential at all') });
  const unknown = await runCommand(['explain', 'the weather', '--json']);
  expect(unknown.code).toBe(2);
  expect(JSON.parse(unknown.stdout)).toMatchObject({ failure: { code: 'INVALID_ARGUMENT' } });
});

test('explain reads a log from standard input', async () => {
  const command = startCommand(['explain', '--json'], {}, 'pipe');
  command.child.stdin?.end("debug1: something\nada@x.ssh.ws-eu1.gitpod.io's password: \n");
  expect(await command.exited).toBe(0);
  expect(JSON.parse(command.stdout())).toMatchObject({ explanation: { credential: 'OWNER_TOKEN' } });
});

test('plan --explain says in sentences why this way, why not another, and what follows', async () => {
  const { stdout } = await patient.run(['plan', patient.workspace.id, '--explain']);
  const text = stdout.replaceAll(/\s+/g, ' ');
  expect(text).toContain(`You get into ${patient.workspace.id} by your SSH key, through the SSH gateway (SSH port).`);
  expect(text).toContain('If it fails, what follows is: by the workspace’s owner token'.replace('’', "'"));
  patient.gitpod.faults.rpcErrors.set('getSSHPublicKeys', { code: 403, message: 'no' });
  const without = await patient.run(['plan', patient.workspace.id, '--explain', '--json']);
  const { explanation } = JSON.parse(without.stdout);
  expect(explanation.join('\n')).toMatch(/Not by your SSH key.*: The keys registered with the account cannot be read/);
});

describe('connect --verbose', () => {
  test('traces SSH as ssh -v does, without any secret', async () => {
    const words = ['connect', patient.workspace.id, '--verbose', ...[...patient.options].flat()];
    const connect = startCommand(words, patient.env);
    await expect.poll(connect.stdout, { timeout: 20_000 }).toContain('Connected until interrupted');
    connect.child.kill('SIGINT');
    expect(await connect.exited).toBe(0);
    const trace = connect.stderr();
    expect(trace).toMatch(/^\d\d:\d\d:\d\d\.\d{3} ssh: remote version SSH-2\.0-GITPOD-GATEWAY$/m);
    expect(trace).toMatch(/ssh: key exchange: \S+$/m);
    expect(trace).toMatch(/ssh: to the server: cipher \S+$/m);
    expect(trace).toMatch(/ssh: the server shows the host key SHA256:\S+$/m);
    expect(trace).toMatch(/ssh: offering the key|ssh: authenticating as .*: offering the key ssh-ed25519 SHA256:/m);
    expect(trace).toMatch(/ssh: authentication succeeded$/m);
    for (const secret of [patient.user.personalAccessToken, patient.workspace.ownerToken]) {
      expect(trace).not.toContain(secret);
    }
  });

  test('tells who refused what', async () => {
    patient.gitpod.faults.refuseKeys = true;
    const words = ['connect', patient.workspace.id, '--verbose', '--method', 'key', ...[...patient.options].flat()];
    const connect = startCommand(words, patient.env);
    expect(await connect.exited).toBe(6);
    expect(connect.stderr()).toMatch(/ssh: the server refuses; it would go on with: .*publickey/);
    expect(connect.stderr()).toContain('refused the key SHA256:');
  });
});

describe('a passphrase is never taken for the owner token, nor the reverse', () => {
  test('askpass says what ssh asks for instead of answering', async () => {
    const prompt = "Enter passphrase for key '/home/ada/.ssh/id_ed25519': ";
    const { id } = patient.workspace;
    const words = ['askpass', ...[...patient.options].flat(), id, `${id}@ssh.ws-eu1.gitpod.test`, prompt];
    const { code, stdout, stderr } = await runCommand(words, patient.env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('the passphrase of the key /home/ada/.ssh/id_ed25519, which is not the owner token');
  });
});

test('without a text it is ended by an interruption while it waits for one', async () => {
  const command = startCommand(['explain'], {}, 'pipe');
  await pause(2_000); // nothing tells that it waits
  command.child.kill('SIGINT');
  await expect.poll(() => command.child.exitCode, { timeout: 5_000 }).toBe(0);
});
