import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { HelperServiceService } from '../../helper/gen/gitpod/helper/v1/helper_service.ts';
import { KeyServiceService } from '../../helper/gen/gitpod/helper/v1/key_service.ts';
import { closedPort } from '../support/closedPort.ts';
import { HelperProcess } from '../support/helperProcess.ts';
import { initializeRequest } from '../support/initialize.ts';
import { httpProxy } from '../support/proxy/httpProxy.ts';
import { socks5Proxy } from '../support/proxy/socksProxy.ts';
import type { TestProxy } from '../support/proxy/testProxy.ts';
import { runCommand, startCommand } from '../support/runBundle.ts';
import { startOnTerminal } from '../support/startOnTerminal.ts';
import { makeWorld, untilReady, type World } from '../support/world.ts';

const login = { username: 'ada', password: 'proxy-password-canary' };

let world: World;
let proxy: TestProxy;
beforeEach(async () => {
  world = await makeWorld();
  await world.registerKey();
  proxy = await httpProxy({ login });
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
});

function common(): string[] {
  const { gitpod, home } = world;
  return ['--host', gitpod.host, '--ca-file', gitpod.caFile, '--ssh-port', String(gitpod.sshPort), '--home', home.path];
}

function token(): Record<string, string> {
  return { GITPOD_TOKEN: world.user.personalAccessToken };
}

function withLogin(): string {
  return proxy.url.replace('://', `://${login.username}:${login.password}@`);
}

describe('on the command line', () => {
  test.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY'])('%s names the proxy and its login', async (variable) => {
    const { code, stdout } = await runCommand(['list', ...common()], { ...token(), [variable]: withLogin() });
    expect(code).toBe(0);
    expect(stdout).toContain(world.workspace.id);
    expect(proxy.targets).toEqual([world.gitpod.host]);
  });

  test('--proxy counts before the environment, which may know the login of the same one', async () => {
    const elsewhere = `http://127.0.0.1:${await closedPort()}`;
    const words = ['list', ...common(), '--proxy', proxy.url];
    const known = await runCommand(words, { ...token(), HTTPS_PROXY: withLogin() });
    expect(known.code).toBe(0);
    const unknown = await runCommand(words, { ...token(), HTTPS_PROXY: elsewhere });
    expect(unknown.code).toBe(5);
    expect(unknown.stderr).toContain(
      `error: The proxy ${proxy.url} wants a user name and password: it was given none.`,
    );
    expect(unknown.stderr).toContain('put them into HTTPS_PROXY, as in http://NAME:PASSWORD@HOST:PORT');
  });

  test('--proxy direct uses none', async () => {
    const words = ['list', ...common(), '--resolve', world.gitpod.resolve, '--proxy', 'direct'];
    const { code } = await runCommand(words, { ...token(), HTTPS_PROXY: withLogin() });
    expect(code).toBe(0);
    expect(proxy.targets).toEqual([]);
  });

  test('NO_PROXY names hosts that are dialled directly', async () => {
    const env = { ...token(), HTTPS_PROXY: withLogin(), NO_PROXY: `other.example,.${world.gitpod.host.split(':')[0]}` };
    const { code } = await runCommand(['list', ...common(), '--resolve', world.gitpod.resolve], env);
    expect(code).toBe(0);
    expect(proxy.targets).toEqual([]);
  });

  test('a login in --proxy is refused and not repeated', async () => {
    const { code, stderr } = await runCommand(['list', ...common(), '--proxy', withLogin()], token());
    expect(code).toBe(2);
    expect(stderr).toMatch(/error: proxy: user name and password do not belong here, .*HTTPS_PROXY may hold them\./);
    expect(stderr).not.toContain(login.password);
  });

  test.each(['ftp://proxy.example', 'http://'])('%s is refused', async (url) => {
    const { code, stderr } = await runCommand(['list', ...common()], { ...token(), HTTPS_PROXY: url });
    expect(code).toBe(2);
    expect(stderr).toContain('in HTTPS_PROXY, ');
  });

  test('--resolve says what the proxy is asked for, while the name stays that of the host', async () => {
    const words = ['list', ...common(), '--resolve', world.gitpod.resolve];
    const { code } = await runCommand(words, { ...token(), HTTPS_PROXY: withLogin() });
    expect(code).toBe(0);
    expect(proxy.targets).toEqual([`127.0.0.1:${world.gitpod.httpsPort}`]);
  });

  test('plan tells which way goes by the proxy', async () => {
    const env = { ...token(), HTTPS_PROXY: withLogin() };
    const reasons = async (...more: string[]) => {
      const { stdout } = await runCommand(['plan', world.workspace.id, ...common(), '--json', ...more], env);
      const { routes } = JSON.parse(stdout).plan;
      return routes.map(({ reason }: { reason: string }) => reason.includes(`It goes by the proxy ${proxy.url}.`));
    };
    expect(await reasons()).toEqual([false, false, true, false, true]);
    expect(await reasons('--proxy-ssh')).toEqual([true, true, true, false, true]);
  });

  test('a terminal is asked for the password, which stays in memory', async () => {
    const url = proxy.url.replace('://', `://${login.username}@`);
    const command = startOnTerminal(['list', ...common()], { ...token(), HTTPS_PROXY: url });
    await expect.poll(command.stdout, { timeout: 10_000 }).toContain(`Password of ada for the proxy ${proxy.url}:`);
    command.child.stdin?.write(`${login.password}\n`);
    expect(await command.exited).toBe(0);
    expect(command.stdout()).toContain(world.workspace.id);
    expect(command.stdout()).not.toContain(login.password);
  });
});

describe('ssh', () => {
  test.each(['http', 'socks5'])('goes through a proxy of kind %s, by port 22 or the WebSocket', async (kind) => {
    await using other = kind === 'http' ? await httpProxy() : await socks5Proxy();
    for (const more of [[], ['--proxy-ssh']]) {
      const words = ['ssh', ...common(), '--proxy', other.url, ...more, world.workspace.id, 'echo it works'];
      const { code, stdout, stderr } = await runCommand(words, token());
      expect(stderr).toBe('');
      expect(stdout).toBe('it works\n');
      expect(code).toBe(0);
      const usedSshPort = other.targets.some((target) => target.endsWith(`:${world.gitpod.sshPort}`));
      expect(usedSshPort).toBe(more.length > 0);
    }
  });
});

describe('what OpenSSH starts', () => {
  test('has the login from the environment', async () => {
    const words = ['ssh', ...common(), world.workspace.id, 'echo it works'];
    const { code, stdout } = await runCommand(words, { ...token(), HTTPS_PROXY: withLogin() });
    expect(code).toBe(0);
    expect(stdout).toBe('it works\n');
  });

  test('says in a sentence that the proxy demands one', async () => {
    const words = ['proxy', ...common(), world.workspace.sshHost];
    const { code, stderr } = await runCommand(words, { ...token(), HTTPS_PROXY: proxy.url });
    expect(code).toBe(5);
    expect(stderr).toMatch(/^error: The proxy http:\S+ wants a user name and password: it was given none\.\n/);
  });
});

describe('a front end', () => {
  test("that gives none gets the environment's, one that gives an empty URL none", async () => {
    const { gitpod, home, user } = world;
    await using helper = new HelperProcess({ env: { HTTPS_PROXY: withLogin() } });
    const initialize = (settings?: { url: string }) =>
      helper.client.unary(
        HelperServiceService.initialize,
        initializeRequest(gitpod, user.personalAccessToken, home.path, { resolve: [] }, settings),
      );
    const list = () => helper.client.unary(KeyServiceService.listKeys, { host: gitpod.host, workspaceId: '' });
    await initialize();
    await list();
    expect(proxy.targets).toEqual([gitpod.host]);
    await initialize({ url: '' });
    await expect(list()).rejects.toMatchObject({ failure: { code: FailureCode.HOST_NOT_FOUND } });
  });

  test('gives hosts that are dialled directly', async () => {
    const noProxy = [`.${world.gitpod.host.split(':')[0]}`];
    await world.initialize({}, { url: proxy.url, noProxy });
    const events = world.connect()[Symbol.asyncIterator]();
    await untilReady(events);
    await events.return(undefined);
    expect(proxy.targets).toEqual([]);
  });
});

test('nothing that is secret is in clear on the wire to the proxy', async () => {
  await using open = await httpProxy();
  await world.initialize({ resolve: [] }, { url: open.url, sshThroughProxy: true });
  const events = world.connect()[Symbol.asyncIterator]();
  await untilReady(events);
  await events.return(undefined);
  const words = ['ssh', ...common(), '--proxy', open.url, world.workspace.id, 'true'];
  expect((await runCommand(words, token())).code).toBe(0);
  const command = startCommand(['connect', world.workspace.id, ...common(), '--proxy', open.url], token());
  await expect.poll(command.stdout, { timeout: 10_000 }).toContain('Connected until interrupted');
  command.child.kill('SIGINT');
  await command.exited;
  const wire = open.wire().toString('latin1');
  expect(wire).toContain(`CONNECT ${world.gitpod.host} HTTP/1.1`);
  for (const secret of [world.user.personalAccessToken, world.workspace.ownerToken]) expect(wire).not.toContain(secret);
  expect(wire).not.toMatch(/owner-token|bearer/i);
});
