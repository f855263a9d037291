import { chmodSync, readFileSync, renameSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runProcess } from '../../../../helper/platform/process.ts';
import { ProcessError } from '../../../../helper/platform/processError.ts';
import { parseSshG } from '../../../../helper/ssh/config/sshG.ts';
import { SshConfigError } from '../../../../helper/ssh/errors.ts';
import { deviationsFrom, expectedResolution } from '../../../../helper/ssh/openssh/expectedResolution.ts';
import { managedConfigText } from '../../../../helper/ssh/openssh/managedConfig.ts';
import { type ScratchHome, scratchHome, scratchVariables } from '../../../support/ssh/scratchHome.ts';
import { runTool } from '../../../support/ssh/sshTools.ts';
import { clusterOf, configOf } from './support/managed.ts';

const GATEWAY_HOST = 'blue-fox-abc12345.ssh.ws.test';

async function resolve(file: string, host: string) {
  return parseSshG(await runTool('ssh', ['-F', file, '-G', '--', host], { HOME: '/nowhere' }));
}

/** Connects as far as running the ProxyCommand; gives the arguments it got, or undefined when it was not run. */
async function proxyArguments(
  home: ScratchHome,
  file: string,
  host: string,
  shell?: string,
): Promise<string[] | undefined> {
  const output = home.write('arguments', '');
  const env = { ...scratchVariables(home.path), SHELL: shell, ARGUMENTS: output };
  const options = { signal: new AbortController().signal, deadlineMs: 20_000, env };
  const failed = await runProcess('ssh', ['-F', file, '-o', 'BatchMode=yes', '--', host], options).catch(
    (reason: unknown) => reason,
  );
  expect(failed).toBeInstanceOf(ProcessError); // nobody answers
  const written = readFileSync(output, 'utf8');
  return written === '' ? undefined : written.split('\0').slice(0, -1);
}

function echoProgram(home: ScratchHome, name = 'echo'): string {
  const program = home.write(name, '#!/bin/sh\nprintf "%s\\0" "$@" > "$ARGUMENTS"\n');
  chmodSync(program, 0o700);
  return program;
}

/** What makes trouble somewhere: in quotes, tokens, shells, globs. `${` is refused, so no brace. */
const awkwardName = fc
  .string({ unit: fc.constantFrom(...' \'"%$\\;&|<>()[]*?!#~=^,é日x-`'), minLength: 1, maxLength: 12 })
  .filter((name) => name !== '.' && name !== '..');

describe('the text', () => {
  test('has a block for each host and one for what they share', () => {
    expect(managedConfigText(configOf())).toBe(
      [
        '# Written by a test.',
        '',
        'Host blue-fox-abc12345.ssh.ws.test',
        '  User blue-fox-abc12345',
        '',
        'Host red-owl-xyz98765.ssh.ws.test',
        '  User red-owl-xyz98765',
        '',
        'Host blue-fox-abc12345',
        '  User blue-fox-abc12345',
        '',
        'Host *.ssh.ws.test blue-fox-abc12345 "!*\'*" !*\\* !*!*',
        '  HostName %h',
        '  UserKnownHostsFile /managed/known_hosts/ws.test',
        '  GlobalKnownHostsFile none',
        '  HostKeyAlias ws.test',
        '  StrictHostKeyChecking yes',
        '  UpdateHostKeys no',
        '  CheckHostIP no',
        '  IdentitiesOnly yes',
        '  ControlPath none',
        '  ServerAliveInterval 15',
        '  ServerAliveCountMax 3',
        "  ProxyCommand /opt/helper proxy '%h' '%p'",
        '  IdentityFile /managed/id.pub',
        '',
      ].join('\n'),
    );
  });

  test.each([
    ['a host with a blank', { hosts: [{ host: 'a b', user: 'u' }] }],
    ['a host that would begin a new line', { hosts: [{ host: 'a\nProxyCommand x', user: 'u' }] }],
    ['a host that is a pattern', { hosts: [{ host: '*', user: 'u' }] }],
    ['a user with a line break', { hosts: [{ host: 'a', user: 'u\nHost *' }] }],
    ['a pattern with a quote', { hostPatterns: ['*"'] }],
    ['a negated pattern', { hostPatterns: ['!a'] }],
    ['a relative path', { knownHostsFile: 'known_hosts' }],
    ['a path with a line break', { identityFiles: ['/a\n/b'] }],
    ['a path with what OpenSSH takes for a variable', { identityFiles: [`/a/$\{HOME}/b`] }],
    ['an argument with a line break', { proxyCommand: ['/a\nb'] }],
    ['an alias with a line break', { hostKeyAlias: 'a\nb' }],
  ])('refuses %s', (_what, overrides) => {
    expect(() => managedConfigText(configOf(overrides))).toThrow(SshConfigError);
  });
});

describe('OpenSSH reads it back', () => {
  test('as what is expected of each host', async () => {
    await using home = scratchHome();
    const config = configOf();
    const file = home.write('managed', managedConfigText(config));
    const expectations = expectedResolution(config);
    expect(expectations).toHaveLength(3);
    for (const expectation of expectations) {
      expect(deviationsFrom(expectation, await resolve(file, expectation.host))).toEqual([]);
    }
  });

  test('with no key, and several clusters', async () => {
    await using home = scratchHome();
    const other = clusterOf({
      hostPatterns: [],
      hosts: [{ host: 'other', user: 'o' }],
      identityFiles: [],
      hostKeyAlias: 'b',
    });
    const config = { comment: [], clusters: [clusterOf(), other] };
    const output = await resolve(home.write('managed', managedConfigText(config)), 'other');
    expect(output.get('identityfile')).toEqual(['none']);
    expect(output.get('hostkeyalias')).toEqual(['b']);
  });

  test('and says nothing of any other host', async () => {
    await using home = scratchHome();
    const file = home.write('managed', managedConfigText(configOf()));
    for (const host of ['other.test', 'ws.test', 'blue-fox-abc1234', 'x.ssh.ws.test.org']) {
      expect(await resolve(file, host)).toEqual(await resolve('none', host));
    }
  });

  test('whatever is in the paths', async () => {
    await using home = scratchHome();
    await fc.assert(
      fc.asyncProperty(awkwardName, async (name) => {
        const path = `/${name}/file`;
        const config = configOf({ knownHostsFile: path, identityFiles: [path], proxyCommand: [path, name] });
        const file = home.write('managed', managedConfigText(config));
        for (const expectation of expectedResolution(config)) {
          expect(deviationsFrom(expectation, await resolve(file, expectation.host))).toEqual([]);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('the ProxyCommand', () => {
  test('gets the host and port that OpenSSH fills in', async () => {
    await using home = scratchHome();
    const config = configOf({ proxyCommand: [echoProgram(home), 'proxy', { token: 'h' }, '--port', { token: 'p' }] });
    const file = home.write('managed', managedConfigText(config));
    expect(await proxyArguments(home, file, GATEWAY_HOST)).toEqual(['proxy', GATEWAY_HOST, '--port', '22']);
  });

  test.each(['/bin/sh', '/bin/bash'])(
    'gets every argument as it is, its own path included, through %s',
    async (shell) => {
      await using home = scratchHome();
      const program = echoProgram(home);
      let current = program;
      await fc.assert(
        fc.asyncProperty(
          awkwardName,
          fc.array(fc.oneof(awkwardName, fc.constant('')), { maxLength: 3 }),
          async (name, args) => {
            const moved = home.at(name);
            renameSync(current, moved);
            current = moved;
            const file = home.write(
              'managed_config',
              managedConfigText(configOf({ proxyCommand: [moved, 'proxy', ...args] })),
            );
            expect(await proxyArguments(home, file, GATEWAY_HOST, shell)).toEqual(['proxy', ...args]);
          },
        ),
        { numRuns: 25 },
      );
    },
  );

  test('never runs a part of a host name, nor is itself run for a name that could end its quotes', async () => {
    await using home = scratchHome();
    const planted = home.at('planted');
    const config = configOf({ proxyCommand: [echoProgram(home), { token: 'h' }] });
    const file = home.write('managed', managedConfigText(config));
    const hostile = [
      `x';touch ${planted};'.ssh.ws.test`,
      `$(touch ${planted}).ssh.ws.test`,
      `x\`touch ${planted}\`.ssh.ws.test`,
      'x\\.ssh.ws.test',
      'x!y.ssh.ws.test',
      '%h.ssh.ws.test',
    ];
    for (const host of hostile) {
      const received = await proxyArguments(home, file, host);
      expect([undefined, [host]]).toContainEqual(received);
      expect(() => readFileSync(planted)).toThrow('ENOENT');
    }
    expect(await proxyArguments(home, file, 'x!y.ssh.ws.test')).toBeUndefined();
  });
});
