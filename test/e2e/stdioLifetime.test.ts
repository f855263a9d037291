import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { join as joinPath } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundlePath } from '../../build.ts';
import { ConnectPhase } from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { HelperServiceService } from '../../helper/gen/gitpod/helper/v1/helper_service.ts';
import { HealthService } from '../../helper/gen/grpc/health/v1/health.ts';
import { HelperProcess } from '../support/helperProcess.ts';
import { type ScratchHome, scratchHome } from '../support/ssh/scratchHome.ts';
import { allEvents, makeWorld, untilReady } from '../support/world.ts';

describe('the helper ends', () => {
  test('at once when its input ends, with a connection open', async () => {
    await using world = await makeWorld();
    await world.initialize();
    const { localPort } = await untilReady(world.connect()[Symbol.asyncIterator]());
    world.helper.child.stdin?.destroy();
    expect(await world.helper.exited).toEqual({ code: 0, signal: null });
    await expect(dial(localPort)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('on %s', async (signal) => {
    await using world = await makeWorld();
    await world.initialize();
    await untilReady(world.connect()[Symbol.asyncIterator]());
    world.helper.child.kill(signal);
    expect(await world.helper.exited).toEqual({ code: 0, signal: null });
  });

  test('on Shutdown, after the answer; open streams get their last event', async () => {
    await using world = await makeWorld();
    await world.initialize();
    const events = world.connect()[Symbol.asyncIterator]();
    await untilReady(events);
    await world.helper.client.unary(HelperServiceService.shutdown, {});
    const rest = await allEvents({ [Symbol.asyncIterator]: () => events });
    expect(rest).toMatchObject([{ $case: 'ended', value: { failure: undefined } }]);
    expect(await world.helper.exited).toEqual({ code: 0, signal: null });
  });

  test.each([
    ConnectPhase.RESOLVING,
    ConnectPhase.PLANNING,
    ConnectPhase.CONNECTING,
    ConnectPhase.AUTHENTICATING,
    ConnectPhase.WAITING_FOR_BACKEND,
  ])('when the front end dies in phase %i', async (phase) => {
    await using world = await makeWorld({ workspace: { backend: 'booting' } });
    await world.initialize();
    for await (const { event } of world.connect()) {
      if (event?.$case === 'phase' && event.value.phase === phase) break;
    }
    world.helper.child.stdin?.destroy();
    expect(await world.helper.exited).toEqual({ code: 0, signal: null });
  });

  test('when nobody reads its output any more', async () => {
    await using helper = new HelperProcess();
    await helper.client.unary(HealthService.check, { service: '' });
    helper.child.stdout?.destroy();
    const answer = helper.client.unary(HealthService.check, { service: '' });
    await expect(answer).rejects.toThrow();
    expect(await helper.exited).toEqual({ code: 0, signal: null });
  });

  test('with 65 and an explanation when its input is not HTTP/2', async () => {
    const child = spawn(process.execPath, [bundlePath, 'serve'], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.on('error', () => undefined);
    child.stdin.write('{"jsonrpc":"2.0","method":"initialize"}\n');
    let log = '';
    child.stderr.on('data', (chunk) => {
      log += String(chunk);
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(65);
    expect(log).toContain('gitpod-helper: what arrived on standard input is not HTTP/2');
  });

  test('with 70 after a crash, which is in the log without the source', async () => {
    await using home = scratchHome();
    const preload = await preloadThat(home, 'setTimeout(() => { throw new Error("planted") }, 200)');
    const env = { XDG_CONFIG_HOME: home.at('.config') }; // its report of the crash
    await using helper = new HelperProcess({ nodeArguments: ['--require', preload], env });
    expect(await helper.exited).toEqual({ code: 70, signal: null });
    expect(helper.log).toContain('"event":"transport.crash"');
    expect(helper.log).toContain('planted');
  });
});

test('a debugger can be attached with --inspect, beside which everything works', async () => {
  await using helper = new HelperProcess({ nodeArguments: ['--inspect=127.0.0.1:0'] });
  expect(await helper.client.unary(HealthService.check, { service: '' })).toEqual({ status: 1 });
  await expect.poll(() => helper.log, { timeout: 10_000 }).toMatch(/Debugger listening on ws:\/\/127\.0\.0\.1:\d+/);
});

describe('standard output', () => {
  test('belongs to the transport: what a dependency prints goes to standard error', async () => {
    await using home = scratchHome();
    const print = 'setInterval(() => { console.log("printed"); process.stdout.write("written\\n"); }, 1).unref()';
    const preload = await preloadThat(home, print);
    await using helper = new HelperProcess({ nodeArguments: ['--require', preload] });
    for (let call = 0; call < 50; call++) {
      expect(await helper.client.unary(HealthService.check, { service: '' })).toEqual({ status: 1 });
    }
    expect(helper.log).toContain('printed');
    expect(helper.log).toContain('written');
  });
});

describe('standard error', () => {
  test('may be closed by the front end', async () => {
    await using helper = new HelperProcess({ env: { GITPOD_HELPER_LOG: 'debug' } });
    await helper.client.unary(HealthService.check, { service: '' });
    helper.child.stderr?.destroy();
    for (let call = 0; call < 5; call++) {
      await expect(
        helper.client.unary(HelperServiceService.initialize, {
          clientName: '',
          clientVersion: '',
          minProtocolVersion: 7,
          maxProtocolVersion: 7,
          credentials: [],
          proxy: undefined,
          caCertificatesPem: [],
          overrides: undefined,
        }),
      ).rejects.toMatchObject({ code: 9 });
    }
  });
});

describe.runIf(process.platform === 'linux')('when the front end is killed with SIGKILL', () => {
  let home: ScratchHome;
  beforeEach(() => {
    home = scratchHome();
  });
  afterEach(() => home[Symbol.asyncDispose]());

  test.each([
    ['whose end of the pipe closes with it', false],
    ['although another process still holds our input open', true],
  ])('the helper is gone and its port free: %s', async (_, inputHeldOpen) => {
    await using world = await makeWorld();
    const frontEnd = spawn(
      process.execPath,
      [joinPath(import.meta.dirname, '../support/frontEndProcess.ts'), inputHeldOpen ? 'hold' : 'plain'],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: {
          ...process.env,
          WORLD: JSON.stringify({
            host: world.gitpod.host,
            token: world.user.personalAccessToken,
            home: world.home.path,
            caFile: world.gitpod.caFile,
            resolve: world.gitpod.resolve,
            sshPort: world.gitpod.sshPort,
            workspaceId: world.workspace.id,
          }),
        },
      },
    );
    const [line] = await once(frontEnd.stdout, 'data');
    const { helperPid, holderPid, localPort } = JSON.parse(String(line));
    await dial(localPort);
    frontEnd.kill('SIGKILL');
    await once(frontEnd, 'exit');
    await expect.poll(() => isAlive(helperPid), { timeout: 5_000 }).toBe(false);
    await expect(dial(localPort)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    if (holderPid !== null) process.kill(holderPid);
  });
});

async function preloadThat(home: ScratchHome, code: string): Promise<string> {
  const path = home.at('preload.cjs');
  await writeFile(path, code);
  return path;
}

/** A zombie waits for whoever inherited it; it holds nothing any more. */
async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return status !== '' && status.split(') ')[1]?.[0] !== 'Z';
}

async function dial(port: number): Promise<void> {
  const socket = connectTcp(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
}
