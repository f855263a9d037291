import { createHmac, randomBytes } from 'node:crypto';
import { chmod, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parsePublicKeyLine } from '../../../helper/ssh/identities/publicKey.ts';
import { runTool } from '../../support/ssh/sshTools.ts';
import { makePatient, type Patient } from './support/patient.ts';
import { commandOf, expectDiagnosis, type Situation } from './support/situation.ts';

const section = [
  '## START GITPOD INTEGRATION',
  '## This section is managed by Gitpod. Any manual changes will be lost.',
  'Include "code_gitpod.d/config"',
  '## END GITPOD INTEGRATION',
  '',
].join('\n');

const ownHosts = 'Host example\n  HostName example.com\n';

function leaveSection({ home }: Patient): void {
  home.write('.ssh/config', `${section}${ownHosts}`);
  home.write('.ssh/code_gitpod.d/config', '### This file is managed by Gitpod. Any manual changes will be lost.\n');
}

/** A line as OpenSSH hashes names (HashKnownHosts). */
function hashedLine(name: string, { type, blob }: { type: string; blob: Buffer }): string {
  const salt = randomBytes(20);
  const hash = createHmac('sha1', salt).update(name).digest('base64');
  return `|1|${salt.toString('base64')}|${hash} ${type} ${blob.toString('base64')}\n`;
}

const situations: readonly Situation[] = [
  {
    name: 'there is no ssh',
    breakIt: async ({ home, env }) => {
      home.write('bin/README', 'nothing to run\n');
      env['PATH'] = home.at('bin');
    },
    check: 'openssh',
    verdict: 'warning',
    value: /no ssh on PATH/,
    remedy: /Install the OpenSSH client/,
    heal: async ({ home }) => symlink('/usr/bin/ssh', home.at('bin/ssh')),
  },
  {
    name: 'an OpenSSH that is too old',
    breakIt: async ({ home, env }) => {
      await chmod(home.write('bin/ssh', '#!/bin/sh\necho OpenSSH_7.2p2 Ubuntu-4 >&2\n'), 0o755);
      env['PATH'] = `${home.at('bin')}:${process.env['PATH']}`;
    },
    check: 'openssh',
    verdict: 'warning',
    value: /OpenSSH_7\.2p2/,
    remedy: /Update OpenSSH/,
    heal: async ({ home }) => rm(home.at('bin/ssh')),
  },
  {
    name: 'a line that OpenSSH does not understand',
    breakIt: ({ home }) => void home.write('.ssh/config', 'Host example\n  IdentityFil ~/.ssh/key\n'),
    check: 'ssh-config',
    verdict: 'problem',
    value: /error: .*\.ssh\/config line 2.*[Bb]ad configuration option: identityfil/,
    remedy: /Correct .*\.ssh\/config, line 2/,
    heal: ({ home }) => void home.write('.ssh/config', 'Host example\n  IdentityFile ~/.ssh/key\n'),
  },
  {
    name: 'a configuration that others may write',
    breakIt: ({ home }) => chmod(home.write('.ssh/config', ownHosts), 0o666),
    check: 'ssh-config',
    verdict: 'problem',
    value: /others may write to .*\.ssh\/config \(mode 666\)/,
    remedy: /chmod go-w/,
    heal: (patient, found) => patient.follow(commandOf(found)),
  },
  {
    name: 'a private key that others may read',
    breakIt: ({ keyFile }) => chmod(keyFile, 0o644),
    check: 'ssh-config',
    verdict: 'warning',
    value: /others may read the private key/,
    remedy: /chmod 600/,
    heal: (patient, found) => patient.follow(commandOf(found)),
  },
  {
    name: 'a line that overrides the managed configuration',
    breakIt: async (patient) => {
      await patient.login();
      await patient.follow('gitpod-helper ssh-config install');
      const config = await readFile(patient.home.at('.ssh/config'), 'utf8');
      await writeFile(patient.home.at('.ssh/config'), `StrictHostKeyChecking no\n${config}`);
    },
    check: 'managed-config',
    verdict: 'problem',
    value: /in the way \(.*\.ssh\/config, line 1\).*StrictHostKeyChecking no/,
    remedy: /Move that line below the Include/,
    heal: async ({ home }) => {
      const config = await readFile(home.at('.ssh/config'), 'utf8');
      const [first, ...rest] = config.split('\n');
      await writeFile(home.at('.ssh/config'), [...rest, `Host *.example.com\n  ${first}`, ''].join('\n'));
    },
  },
  {
    name: 'the managed configuration was deleted',
    breakIt: async (patient) => {
      await patient.login();
      await patient.follow('gitpod-helper ssh-config install');
      await rm(patient.home.at('.config/gitpod-helper/ssh/config'));
    },
    check: 'managed-config',
    verdict: 'problem',
    value: /not in force/,
    remedy: /gitpod-helper ssh-config install/,
    heal: (patient, found) => patient.follow(commandOf(found)),
  },
  {
    name: 'what the VS Code extension left',
    breakIt: leaveSection,
    check: 'leftovers',
    verdict: 'warning',
    value: /2 found/,
    remedy: /gitpod-helper doctor --fix/,
    heal: async (patient, found) => {
      await patient.follow(`${commandOf(found)} --yes`);
      expect(await readFile(patient.home.at('.ssh/config'), 'utf8')).toBe(ownHosts);
    },
  },
  {
    name: 'known_hosts lines of workspaces that are gone',
    breakIt: ({ home, gitpod }) => {
      const [key] = gitpod.sshHostKeys;
      if (key === undefined) throw new Error('the embedded Gitpod has no host key');
      const lines = Array.from({ length: 40 }, (_, index) => hashedLine(`workspace-${index}`, key));
      home.write('.ssh/known_hosts', `example.com ssh-ed25519 AAAA\n${lines.join('')}`);
    },
    check: 'leftovers',
    verdict: 'warning',
    value: /1 found/,
    remedy: /gitpod-helper doctor --fix/,
    heal: async (patient, found) => {
      await patient.follow(`${commandOf(found)} --yes`);
      const left = await readFile(patient.home.at('.ssh/known_hosts'), 'utf8');
      expect(left).toBe('example.com ssh-ed25519 AAAA\n');
    },
  },
  {
    name: 'an editor’s remote.SSH.configFile that the Local Companion has set',
    breakIt: ({ home }) => {
      const settings = '{\n  "editor.fontSize": 12,\n  "remote.SSH.configFile": "/tmp/gitpod_ssh_config"\n}\n';
      home.write('.config/Code/User/settings.json', settings);
    },
    check: 'leftovers',
    verdict: 'warning',
    value: /1 found/,
    remedy: /Take line 3 out of .*settings\.json/,
    heal: ({ home }) => void home.write('.config/Code/User/settings.json', '{\n  "editor.fontSize": 12\n}\n'),
  },
];

test.concurrent.each(situations)('$name', { timeout: 90_000 }, expectDiagnosis);

test('a configuration that its group may write is judged as OpenSSH judges it', async () => {
  await using patient = await makePatient();
  const config = patient.home.write('.ssh/config', ownHosts);
  await chmod(config, 0o664); // as a umask of 002 makes it; Debian lets a group write that has no other member
  const including = patient.home.write('including', `Include ${config}\n`);
  const isAccepted = await runTool('ssh', ['-G', '-F', including, 'example']).then(
    () => true,
    () => false,
  );
  const { check } = await patient.doctor();
  expect(check('ssh-config').verdict).toBe(isAccepted ? 'ok' : 'problem');
});

test('hashed lines of a server of many addresses, as of a forge, are no leftover', async () => {
  await using patient = await makePatient();
  const key = parsePublicKeyLine(await readFile(`${patient.keyFile}.pub`, 'utf8'));
  // HashKnownHosts and CheckHostIP, both the default of Debian for years, add a line for each address.
  const names = ['github.com', ...Array.from({ length: 30 }, (_, index) => `140.82.121.${index}`)];
  patient.home.write('.ssh/known_hosts', names.map((name) => hashedLine(name, key)).join(''));
  const { check } = await patient.doctor();
  expect(check('leftovers')).toMatchObject({ verdict: 'ok' });
});

test("a file of the user's own under the name of an old one of the extension's is no leftover", async () => {
  await using patient = await makePatient();
  const config = patient.home.write('.ssh/config', `Include gitpod/config\n${ownHosts}`);
  const own = patient.home.write('.ssh/gitpod/config', 'Host *.ssh.ws-eu1.gitpod.io\n  ForwardAgent yes\n');
  const before = [await readFile(config), await readFile(own)];
  const { check } = await patient.doctor();
  expect(check('leftovers')).toMatchObject({ verdict: 'ok' });
  expect(await patient.run(['doctor', '--fix', '--yes'])).toMatchObject({ code: 0 });
  expect([await readFile(config), await readFile(own)]).toEqual(before);
});

test('what --fix would take out is shown, nothing goes without consent, and --undo puts it back to the byte', async () => {
  await using patient = await makePatient();
  leaveSection(patient);
  const before = await readFile(patient.home.at('.ssh/config'), 'utf8');
  const refused = await patient.run(['doctor', '--fix']);
  expect(refused.code).toBe(2);
  expect(refused.stdout).toContain('-Include "code_gitpod.d/config"\n');
  expect(refused.stdout).toContain(' Host example\n');
  expect(await readFile(patient.home.at('.ssh/config'), 'utf8')).toBe(before);
  expect(await patient.run(['doctor', '--fix', '--yes'])).toMatchObject({ code: 0 });
  expect(await readFile(patient.home.at('.ssh/config'), 'utf8')).toBe(ownHosts);
  const undone = await patient.run(['doctor', '--undo']);
  expect(undone).toMatchObject({ code: 0, stdout: expect.stringContaining('code_gitpod.d/config.') });
  expect(await readFile(patient.home.at('.ssh/config'), 'utf8')).toBe(before);
  expect(await readFile(patient.home.at('.ssh/code_gitpod.d/config'), 'utf8')).toContain('managed by Gitpod');
});
