import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type CollectDiagnosticsResponse,
  HelperServiceService,
} from '../../helper/gen/gitpod/helper/v1/helper_service.ts';
import { RotatingFile } from '../../helper/platform/rotatingFile.ts';
import { HelperProcess } from '../support/helperProcess.ts';
import { initializeRequest } from '../support/initialize.ts';
import { startCommand } from '../support/runBundle.ts';
import { runTool } from '../support/ssh/sshTools.ts';
import { makePatient, type Patient } from './doctor/support/patient.ts';

let patient: Patient;
beforeEach(async () => {
  patient = await makePatient();
});
afterEach(() => patient[Symbol.asyncDispose]());

const expectedNames = ['versions.json', 'settings.json', 'doctor.json', 'plan.json', 'log.jsonl'];

/** Everything in an archive, by tar(1). */
function contentOf(archive: string): Promise<string> {
  return runTool('tar', ['--extract', '--gzip', '--to-stdout', '--file', archive]);
}

function expectNoSecrets(text: string): void {
  const { user, workspace, home } = patient;
  for (const canary of [user.personalAccessToken, workspace.ownerToken, 'PRIVATE KEY', home.path, 'ada@example.com']) {
    expect(text).not.toContain(canary);
  }
}

async function crash(home: string): Promise<void> {
  const preload = patient.home.write(
    'crash.cjs',
    'setTimeout(() => { throw new Error("planted by ada@example.com") }, 200)',
  );
  await using helper = new HelperProcess({ nodeArguments: ['--require', preload], env: { XDG_CONFIG_HOME: home } });
  expect(await helper.exited).toMatchObject({ code: 70 });
}

describe('diagnostics', () => {
  test('tells what it contains, writes it for the owner only, without secrets, and overwrites nothing', async () => {
    await crash(patient.home.at('.config'));
    const path = patient.home.at('bundle.tar.gz');
    const words = ['diagnostics', patient.workspace.id, '--output', path];
    const { code, stdout } = await patient.run(words);
    expect(code).toBe(0);
    const listed = stdout.split('\n').flatMap((line) => (line.startsWith('  ') ? [line.trim()] : []));
    const archived = (await runTool('tar', ['--list', '--gzip', '--file', path])).trim().split('\n');
    expect(archived).toEqual(listed);
    expect(archived).toEqual([...expectedNames, expect.stringMatching(/^crashes\/.*\.json$/)]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const content = await contentOf(path);
    expectNoSecrets(content);
    expect(content).toContain('planted by [e-mail]');
    expect(content).toContain('"id": "way-in"');
    expect(content).toContain('"event":"ssh.');
    expect(content).toContain(patient.workspace.sshHost);
    expect((await patient.run(words)).code).toBe(2);
  });

  test('takes host names and addresses out when asked', async () => {
    const path = patient.home.at('bundle.tar.gz');
    expect(await patient.run(['diagnostics', patient.workspace.id, '--output', path, '--redact-hosts'])).toMatchObject({
      code: 0,
    });
    const content = await contentOf(path);
    expect(content).not.toContain('gitpod.test');
    expect(content).not.toContain('127.0.0.1');
    expect(content).toContain('[host]');
  });

  test('by gRPC: the contents first, then the archive', async () => {
    await using helper = new HelperProcess();
    const { gitpod, user, home } = patient;
    const request = initializeRequest(gitpod, user.personalAccessToken, home.path);
    await helper.client.unary(HelperServiceService.initialize, request);
    const parts: CollectDiagnosticsResponse[] = [];
    const call = helper.client.stream(HelperServiceService.collectDiagnostics, { redactHosts: false });
    for await (const part of call) parts.push(part);
    const [first, ...rest] = parts.map(({ part }) => part);
    expect(first).toMatchObject({ $case: 'contents', value: { names: expectedNames } });
    const archive = Buffer.concat(rest.map((part) => (part?.$case === 'chunk' ? part.value : Buffer.alloc(0))));
    const content = await contentOf(home.write('bundle.tar.gz', archive));
    expectNoSecrets(content);
    expect(content).toContain('"outcome": "healthy"');
    expect(content).toMatch(/version \d+\.\d+\.\d+; serves gitpod-helper-test 1; front ends that speak protocol 1/);
  });
});

describe('a crash', () => {
  test('leaves a report with the last events for the owner only; the next start mentions it once, and doctor tells', async () => {
    const config = patient.home.at('.config');
    await crash(config);
    const directory = `${config}/gitpod-helper/crashes`;
    const [name = ''] = await readdir(directory);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(`${directory}/${name}`)).mode & 0o777).toBe(0o600);
    const report = JSON.parse(await readFile(`${directory}/${name}`, 'utf8'));
    expect(report).toMatchObject({ helper_version: expect.any(String), error: expect.stringContaining('planted') });
    expect(report.last_events.join('\n')).toContain('transport.crash');
    {
      await using next = new HelperProcess({ env: { XDG_CONFIG_HOME: config } });
      await expect.poll(() => next.log, { timeout: 15_000 }).toContain('crash.found');
    }
    expect(await readdir(directory)).toEqual([name.replace(/\.json$/, '.told.json')]);
    const { check } = await patient.doctor();
    expect(check('crashes')).toMatchObject({ verdict: 'warning', value: expect.stringContaining('.told.json') });
  });
});

describe('the log', () => {
  test('goes to a file: JSON lines with what belongs together; logs reads it back, and follows it', async () => {
    const path = patient.home.at('helper.log');
    const words = ['connect', patient.workspace.id, '--log-file', path, ...[...patient.options].flat()];
    const connect = startCommand(words, patient.env);
    await expect.poll(connect.stdout, { timeout: 20_000 }).toContain('Connected until interrupted');
    const follow = startCommand(['logs', path, '--follow', '--pretty'], {});
    await expect.poll(follow.stdout, { timeout: 20_000 }).toMatch(/^\d\d:\d\d:\d\d\.\d{3} info connection\.ready /m);
    expect(follow.stdout()).not.toContain('connection.ended');
    connect.child.kill('SIGINT');
    await connect.exited;
    const lines = (await readFile(path, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const ids = new Set(
      lines.flatMap(({ event, connection }) => (event.startsWith('connection.') ? [connection] : [])),
    );
    expect([...ids]).toEqual([expect.stringMatching(/^[\da-f-]{36}$/)]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    follow.child.kill('SIGINT');
    expect(await follow.exited).toBe(0);
  });

  test('is followed line for line when the file is put aside again and again, and read back to an unfinished line', async () => {
    const path = patient.home.write('rotating.log', '');
    using file = new RotatingFile(path, { maxBytes: 200 });
    const follow = startCommand(['logs', path, '--follow'], {});
    const lines = Array.from({ length: 70 }, (_, index) => `line ${index}`);
    const isFollowed = () => follow.stdout().includes('line 0\n');
    file.append('line 0\n');
    await expect.poll(isFollowed).toBe(true);
    for (const line of lines.slice(1)) {
      file.append(`${line}\n`);
      await pause(30);
    }
    await expect.poll(follow.stdout).toContain(lines.at(-1));
    expect(follow.stdout().trim().split('\n')).toEqual(lines);
    follow.child.kill('SIGINT');
    expect(await follow.exited).toBe(0);
    await writeFile(path, 'whole\nunfinished');
    const read = startCommand(['logs', path], {});
    expect(await read.exited).toBe(0);
    expect(read.stdout()).toBe('whole\nunfinished\n');
  });

  test('a file that cannot be written is told at once', async () => {
    const { code, stderr } = await patient.run(['list', '--log-file', '/proc/nowhere/log']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('(log) cannot be used') });
  });
});
