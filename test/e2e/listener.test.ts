import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readFile, stat } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { HelperServiceService } from '../../helper/gen/gitpod/helper/v1/helper_service.ts';
import { KeyServiceService } from '../../helper/gen/gitpod/helper/v1/key_service.ts';
import { HealthService } from '../../helper/gen/grpc/health/v1/health.ts';
import { GrpcClient } from '../support/grpcClient.ts';
import { initializeRequest } from '../support/initialize.ts';
import { type RunningCommand, runCommand, startCommand } from '../support/runBundle.ts';
import { makePatient, type Patient } from './doctor/support/patient.ts';

let patient: Patient;
beforeEach(async () => {
  patient = await makePatient();
});
afterEach(() => patient[Symbol.asyncDispose]());

async function listen(address: string, ...words: string[]): Promise<{ serving: RunningCommand; at: string }> {
  const serving = startCommand(['serve', '--listen', address, ...words], {
    XDG_CONFIG_HOME: patient.home.at('.config'),
  });
  patient.resources.defer(async () => {
    serving.child.kill();
    await serving.exited;
  });
  await expect.poll(serving.stderr, { timeout: 20_000 }).toMatch(/listening on \S+\s/);
  return { serving, at: /listening on (\S+)/.exec(serving.stderr())?.[1] ?? '' };
}

async function client(at: string, metadata: Record<string, string> = {}): Promise<GrpcClient> {
  const [, port] = /^127\.0\.0\.1:(\d+)$/.exec(at) ?? [];
  const socket = port === undefined ? connect(at.slice('unix:'.length)) : connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  return patient.resources.use(new GrpcClient(socket, metadata));
}

describe('a socket', () => {
  test('is for its owner only, goes with the helper, and one that nobody listens on is replaced', async () => {
    const path = patient.home.at('run/helper.sock');
    const first = await listen(`unix:${path}`);
    expect((await stat(patient.home.at('run'))).mode & 0o777).toBe(0o700);
    const taken = await runCommand(['serve', '--listen', `unix:${path}`]);
    expect(taken).toMatchObject({ code: 2, stderr: expect.stringContaining('another helper listens on it') });
    first.serving.child.kill('SIGKILL');
    await first.serving.exited;
    expect(existsSync(path)).toBe(true);
    const { at, serving } = await listen(`unix:${path}`);
    expect(await (await client(at)).unary(HealthService.check, { service: '' })).toEqual({ status: 1 });
    await (await client(at)).unary(HelperServiceService.shutdown, {});
    expect(await serving.exited).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  test('in a directory that others may enter is refused', async () => {
    patient.home.write('open/file', '');
    await chmod(patient.home.at('open'), 0o755);
    const { code, stderr } = await runCommand(['serve', '--listen', `unix:${patient.home.at('open/helper.sock')}`]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('chmod 700') });
  });

  test('is never put in the place of a file', async () => {
    await chmod(patient.home.path, 0o700);
    const path = patient.home.write('notes', 'mine');
    expect(await runCommand(['serve', '--listen', `unix:${path}`])).toMatchObject({ code: 2 });
    expect(await readFile(path, 'utf8')).toBe('mine');
  });
});

describe('a port', () => {
  test('wants the token in every call, health included', async () => {
    const { at, serving } = await listen('127.0.0.1:0');
    await expect.poll(serving.stderr).toMatch(/Bearer \S+"/);
    const token = /Bearer (\S+)"/.exec(serving.stderr())?.[1] ?? '';
    for (const metadata of [{}, { authorization: 'Bearer wrong' }, { authorization: token }]) {
      const call = (await client(at, metadata)).unary(HealthService.check, { service: '' });
      await expect(call).rejects.toMatchObject({ code: 16 });
    }
    const right = await client(at, { authorization: `Bearer ${token}` });
    expect(await right.unary(HealthService.check, { service: '' })).toEqual({ status: 1 });
  });

  test('keeps the token in a file when asked', async () => {
    const tokenFile = patient.home.at('token');
    const { at, serving } = await listen('127.0.0.1:0', '--listen-token-file', tokenFile);
    expect((await stat(tokenFile)).mode & 0o777).toBe(0o600);
    const token = (await readFile(tokenFile, 'utf8')).trim();
    expect(serving.stderr()).not.toContain(token);
    const right = await client(at, { authorization: `Bearer ${token}` });
    expect(await right.unary(HealthService.check, { service: '' })).toEqual({ status: 1 });
  });

  test('leaves no token behind, so that the same file serves the next time', async () => {
    const tokenFile = patient.home.at('token');
    const { at, serving } = await listen('127.0.0.1:0', '--listen-token-file', tokenFile);
    const taken = await runCommand(['serve', '--listen', at, '--listen-token-file', `${tokenFile}.other`]);
    expect(taken).toMatchObject({ code: 2 });
    expect(existsSync(`${tokenFile}.other`)).toBe(false);
    serving.child.kill();
    expect(await serving.exited).toBe(0);
    expect(existsSync(tokenFile)).toBe(false);
    await listen('127.0.0.1:0', '--listen-token-file', tokenFile);
  });

  test('that is taken, or an address that is none, is told', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await runCommand(['serve', '--listen', `127.0.0.1:${port}`])).toMatchObject({ code: 2 });
    server.close();
    const elsewhere = await runCommand(['serve', '--listen', '0.0.0.0:4000']);
    expect(elsewhere).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('neither unix:PATH nor 127.0.0.1:PORT'),
    });
  });
});

test('two clients have a session each and never share credentials', async () => {
  const { at } = await listen(`unix:${patient.home.at('run/helper.sock')}`);
  const { gitpod, user, home } = patient;
  const initialize = initializeRequest(gitpod, user.personalAccessToken, home.path);
  const one = await (await client(at)).unary(HelperServiceService.initialize, initialize);
  const two = await (await client(at)).unary(HelperServiceService.initialize, { ...initialize, credentials: [] });
  expect(one.session).toMatch(/^[\da-f]{32}$/);
  expect(two.session).not.toBe(one.session);
  const listKeys = { host: gitpod.host, workspaceId: '' };
  const first = await client(at, { 'gitpod-helper-session': one.session });
  expect((await first.unary(KeyServiceService.listKeys, listKeys)).registered).toHaveLength(1);
  const second = await client(at, { 'gitpod-helper-session': two.session });
  await expect(second.unary(KeyServiceService.listKeys, listKeys)).rejects.toMatchObject({
    failure: { code: FailureCode.SIGN_IN_REQUIRED },
  });
  await expect((await client(at)).unary(KeyServiceService.listKeys, listKeys)).rejects.toMatchObject({
    failure: { code: FailureCode.NOT_INITIALIZED },
  });
});
