import { readFile } from 'node:fs/promises';
import { test } from 'vitest';
import { scratchAgent } from '../../support/ssh/scratchAgent.ts';
import { makeKey } from '../../support/ssh/sshTools.ts';
import { commandOf, expectDiagnosis, type Situation } from './support/situation.ts';

const situations: readonly Situation[] = [
  {
    name: 'nobody is signed in',
    breakIt: ({ env }) => void delete env['GITPOD_TOKEN'],
    check: 'sign-in',
    verdict: 'problem',
    value: /wants you to sign in: there is no token/,
    remedy: /gitpod-helper login --host/,
    heal: (patient) => patient.login(),
  },
  {
    name: 'the token was revoked',
    breakIt: ({ user }) => user.revokeToken(user.personalAccessToken),
    check: 'sign-in',
    verdict: 'problem',
    value: /wants you to sign in/,
    remedy: /GITPOD_TOKEN to a personal access token/,
    heal: ({ env, user }) => {
      env['GITPOD_TOKEN'] = user.createPersonalAccessToken(['function:*']);
    },
  },
  {
    name: 'the account is blocked',
    breakIt: ({ gitpod }) => void gitpod.faults.rpcErrors.set('getLoggedInUser', { code: 470, message: 'blocked' }),
    check: 'sign-in',
    verdict: 'problem',
    value: /is blocked/,
    remedy: /Ask the support/,
    heal: ({ gitpod }) => void gitpod.faults.rpcErrors.delete('getLoggedInUser'),
  },
  {
    name: 'the token may not read the registered keys',
    breakIt: ({ env, user }) => {
      const scopes = ['getLoggedInUser', 'getWorkspaces', 'getWorkspace', 'getOwnerToken', 'getGitpodTokenScopes'];
      env['GITPOD_TOKEN'] = user.createToken(scopes.map((scope) => `function:${scope}`));
    },
    check: 'scopes',
    verdict: 'warning',
    value: /does not permit getSSHPublicKeys/,
    remedy: /scope function:getSSHPublicKeys/,
    heal: ({ env, user }) => {
      env['GITPOD_TOKEN'] = user.createPersonalAccessToken(['function:*']);
    },
  },
  {
    name: 'no key of this machine is registered',
    breakIt: async ({ home }) => {
      await makeKey(home.at('.ssh/other'), { type: 'ed25519' });
      home.write('.ssh/config', `IdentityFile ${home.at('.ssh/other')}\n`);
    },
    check: 'keys',
    verdict: 'warning',
    value: /no registered key signs without asking/,
    remedy: /gitpod-helper keys register SHA256:/,
    heal: (patient, found) => patient.follow(commandOf(found)),
  },
  {
    name: 'the registered key has a passphrase, and the agent does not know it',
    breakIt: async ({ home, user, resources, env }) => {
      const key = await makeKey(home.at('.ssh/locked'), { type: 'ed25519', passphrase: 'open sesame' });
      user.addSshPublicKey('locked', await readFile(`${key}.pub`, 'utf8'));
      home.write('.ssh/config', `IdentityFile ${key}\n`);
      env['SSH_AUTH_SOCK'] = resources.use(await scratchAgent()).path;
      env['SSH_ASKPASS'] = home.write('askpass', '#!/bin/sh\necho open sesame\n');
      env['SSH_ASKPASS_REQUIRE'] = 'force';
    },
    check: 'keys',
    verdict: 'warning',
    value: /no registered key signs without asking/,
    remedy: /ssh-add .*locked/,
    heal: async (patient, found) => {
      await patient.follow(`chmod 700 ${patient.home.at('askpass')}`);
      await patient.follow(commandOf(found));
    },
  },
  {
    name: 'the agent offers more keys than the SSH gateway takes attempts',
    breakIt: async (patient) => {
      const { home, resources, env } = patient;
      const agent = resources.use(await scratchAgent());
      for (let index = 0; index < 6; index++) {
        await agent.add(await makeKey(home.at(`.ssh/agent-${index}`), { type: 'ed25519' }));
      }
      env['SSH_AUTH_SOCK'] = agent.path;
      await patient.login();
    },
    check: 'agent',
    verdict: 'warning',
    value: /6 keys: plain ssh offers all of them/,
    remedy: /gitpod-helper ssh-config install/,
    heal: (patient, found) => patient.follow(commandOf(found)),
  },
  {
    name: 'the agent is gone',
    breakIt: ({ env, home }) => {
      env['SSH_AUTH_SOCK'] = home.at('no-agent');
    },
    check: 'agent',
    verdict: 'warning',
    value: /agent/,
    remedy: /Start the agent/,
    heal: async ({ env, resources }) => {
      env['SSH_AUTH_SOCK'] = resources.use(await scratchAgent()).path;
    },
  },
];

test.concurrent.each(situations)('$name', { timeout: 90_000 }, expectDiagnosis);
