import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Destination } from '../../../helper/ssh/config/destination.ts';
import { pathArgument } from '../../../helper/ssh/openssh/configArgument.ts';
import { proxyCommandValue } from '../../../helper/ssh/openssh/proxyCommand.ts';
import { resolveWith, variable } from '../../support/ssh/bothResolvers.ts';
import { isSafe, unlessRefused } from '../../support/ssh/refusal.ts';
import { type ScratchHome, scratchHome } from '../../support/ssh/scratchHome.ts';
import { runTool } from '../../support/ssh/sshTools.ts';

const pieces = [
  ...[
    '; touch canary;',
    '$(touch canary)',
    '`touch canary`',
    '| touch canary',
    '&touch$IFS-canary',
    "'; touch canary; '",
  ],
  ...[
    '" ; touch canary; "',
    '\ntouch canary\n',
    variable('HOME'),
    '$HOME',
    '%h',
    '%',
    '%%',
    '%Z',
    "'",
    '"',
    '\\',
    ' ',
    '\t',
  ],
  ...['#', '~', '*', '?', '[a]', '!', '-', '--', '-oProxyCommand=touch canary', '<', '>', '{a,b}', '=', ',', '@', ':'],
  ...['ü', '日本', '\u202e', '\0', '\x1b', '\r', 'a', 'b.example', 'ssh://', '/', '..'],
];
const hostile = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));
const mostlyHarmless = fc.oneof(fc.constantFrom('a', 'ws-1.example', 'id#token', 'DOMAIN\\user', '%h', 'ü'), hostile);

interface Connection {
  readonly destination: Destination;
  readonly proxyCommand: string;
}

/** Runs the real ssh for every connection, and gives the arguments each `ProxyCommand` was run with. */
async function argumentsPassed(
  home: ScratchHome,
  connections: readonly Connection[],
): Promise<readonly (readonly string[])[]> {
  const words = connections.flatMap(({ destination: { host, user = '' }, proxyCommand }, index) => {
    const config = home.write(`config-${index}`, `ProxyCommand ${proxyCommand} '%n' '%r' %p\n`);
    return [config, home.at(`arguments-${index}`), user, host];
  });
  const script = [
    `cd '${home.at('work')}'`,
    'while [ $# -gt 0 ]; do',
    '  OUT=$2 ssh -F "$1" -o BatchMode=yes -l "$3" -p 7 -- "$4" </dev/null 2>/dev/null',
    '  shift 4',
    'done',
    'exit 0',
  ].join('\n');
  await runTool('sh', ['-c', script, 'sh', ...words], { HOME: home.path });
  return connections.map((_, index) =>
    readFileSync(home.at(`arguments-${index}`), 'utf8')
      .split('\0')
      .slice(0, -1),
  );
}

test('host and user names and arguments are refused or reach a ProxyCommand as they are; nothing of them is run', async () => {
  const connection = fc.record({ host: mostlyHarmless, user: mostlyHarmless, argument: hostile });
  let passed = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(connection, { minLength: 40, maxLength: 40 }), async (generated) => {
      await using home = scratchHome();
      mkdirSync(home.at('work'));
      const program = home.write("it's 100%/a program", '#!/bin/sh\nprintf "%s\\0" "$@" >"$OUT"\n');
      await runTool('chmod', ['700', program]);
      const connections = generated.flatMap(({ host, user, argument }) => {
        const destination = { host, user };
        if (!isSafe(destination)) return [];
        const proxyCommand = unlessRefused(() => proxyCommandValue([program, argument, { token: 'h' }]));
        return proxyCommand === undefined ? [] : [{ destination, proxyCommand, argument }];
      });
      passed += connections.length;
      const received = await argumentsPassed(home, connections);
      expect(received).toEqual(
        connections.map(({ destination: { host, user }, argument }) => [argument, host, host, user, '7']),
      );
      expect(readdirSync(home.at('work'))).toEqual([]);
    }),
    { numRuns: 8, endOnFailure: true },
  );
  expect(passed).toBeGreaterThan(40);
});

test('an argument that is not quoted is run, so the test above would see it', async () => {
  await using home = scratchHome();
  mkdirSync(home.at('work'));
  const proxyCommand = 'touch "$OUT" $(touch canary); :';
  await argumentsPassed(home, [{ destination: { host: 'a', user: 'u' }, proxyCommand }]);
  expect(readdirSync(home.at('work'))).toEqual(['canary']);
});

test('paths are refused or read back as they are', async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(hostile, async (name) => {
      const path = `/keys/${name}`;
      const argument = unlessRefused(() => pathArgument(path));
      if (argument === undefined) return;
      accepted++;
      const config = `IdentityFile ${argument}\nCertificateFile ${argument}\nIdentityAgent ${argument}\n`;
      expect(await resolveWith(config, 'a')).toMatchObject({
        identityFiles: [{ path: resolve(path) }],
        certificateFiles: [resolve(path)],
        identityAgent: { kind: 'path', path },
      });
    }),
    { numRuns: 60 },
  );
  expect(accepted).toBeGreaterThan(15);
});
