import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect } from 'vitest';
import { parseInstallation } from '../../../helper/account/installation.ts';
import { wireCore } from '../../../helper/container.ts';
import { Failure } from '../../../helper/failures.ts';
import { Secret } from '../../../helper/platform/secret.ts';
import { EmbeddedGitpod, type EmbeddedWorkspace, type Faults } from '../../embedded-gitpod/embeddedGitpod.ts';
import { scratchHome } from '../../support/ssh/scratchHome.ts';
import { makeKey } from '../../support/ssh/sshTools.ts';

const statuses = fc.constantFrom(undefined, 200, 302, 400, 401, 403, 404, 429, 500, 502, 503);
const bodies = fc.constantFrom('', '[]', '{}', 'null', '[{"type":"x","host_key":"!"}]', '<html>', '\u0000', '[1,2,3]');
const methods = fc.constantFrom('getWorkspace', 'getOwnerToken', 'getSSHPublicKeys', 'getLoggedInUser');
const errors = fc.record({
  code: fc.constantFrom(-32_603, 0, 400, 401, 403, 404, 409, 429, 450, 460, 470, 500),
  message: fc.string({ maxLength: 40 }),
  data: fc.option(fc.jsonValue(), { nil: undefined }),
});

/** Troubles in any combination; those that only take time are left to the tests of the slow ones. */
const troubles = fc.record({
  faults: fc.record({
    hostKeysResponse: fc.option(fc.record({ status: fc.constantFrom(200, 404, 500), body: bodies }), {
      nil: undefined,
    }),
    presentedHostKeyNotListed: fc.boolean(),
    denySsh: fc.boolean(),
    refuseKeys: fc.boolean(),
    rotateOwnerTokenAtNextPassword: fc.boolean(),
    resetOnDenial: fc.boolean(),
    sshGatewayOff: fc.boolean(),
    refuseSsh: fc.boolean(),
    apiUpgradeStatus: fc.option(statuses, { nil: undefined, freq: 4 }),
    tunnelUpgradeStatus: statuses,
    supervisorDown: fc.boolean(),
    supervisorHostKey: fc.constantFrom<Faults['supervisorHostKey']>('right', 'other', 'none'),
  }),
  rpcErrors: fc.dictionary(methods, errors, { maxKeys: 2 }),
  upstream: fc.constantFrom<EmbeddedWorkspace['upstream']>('ready', 'ready', 'down'),
  backend: fc.constantFrom<EmbeddedWorkspace['backend']>(
    'ready',
    'booting',
    'absent',
    'malformed-link',
    'closes-at-once',
  ),
  // A workspace on its way up is waited for.
  phase: fc.constantFrom<EmbeddedWorkspace['phase']>('running', 'running', 'running', 'stopping'),
  useLocalApp: fc.boolean(),
});

/** It works, or asks: that is an answer, too. */
const reached = new Error('reached');

/** Whatever is wrong with an installation, a connection is made or ends with a failure that says what. */
export async function expectNeverInternal(numRuns: number): Promise<void> {
  await using gitpod = await EmbeddedGitpod.start({ supervisorTimeoutMs: 100, callsPerMinute: 100_000 });
  await using home = scratchHome();
  const user = gitpod.addUser({ name: 'ada' });
  const key = await makeKey(home.at('.ssh/id_ed25519'), { type: 'ed25519' });
  user.addSshPublicKey('laptop', await readFile(`${key}.pub`, 'utf8'));
  const installation = parseInstallation(gitpod.host);
  const property = fc.asyncProperty(troubles, async ({ faults, rpcErrors, upstream, backend, phase, useLocalApp }) => {
    const longAgo = new Date(Date.now() - 3_600_000).toISOString();
    const workspace = gitpod.addWorkspace(user, { creationTime: longAgo, upstream, backend, phase });
    const calm = { ...gitpod.faults };
    Object.assign(gitpod.faults, faults);
    for (const [method, error] of Object.entries(rpcErrors)) gitpod.faults.rpcErrors.set(method, error);
    try {
      await using core = wireCore({
        credentials: [{ host: gitpod.host, token: new Secret(user.personalAccessToken) }],
        caCertificatesPem: [],
        caFile: gitpod.caFile,
        resolve: [gitpod.resolve],
        proxy: undefined,
        sshThroughProxy: false,
        sshPort: gitpod.sshPort,
        home: home.path,
        sshConfigFile: '',
      });
      const enough = new AbortController();
      const deadline = setTimeout(() => enough.abort(new Error('nothing came of it for 20 s')), 20_000);
      const { failure } = await core.connections
        .connect(
          {
            ref: { installation, workspaceId: workspace.id, debug: false },
            localPort: 0,
            backendPort: 0,
            backendTimeoutMs: 100,
            useLocalApp,
            startIfStopped: false,
            additionalHeartbeat: false,
            forwards: [],
          },
          (_id, event) => {
            if (event.kind === 'ready' || event.kind === 'prompt') enough.abort(reached);
          },
          enough.signal,
        )
        .catch((error: unknown) => {
          if (error instanceof Failure || error === reached) return { failure: error };
          throw error;
        })
        .finally(() => clearTimeout(deadline));
      if (failure instanceof Failure) {
        expect(failure.code).not.toBe('INTERNAL');
        expect(failure.remedies.length).toBeGreaterThan(0);
      }
    } finally {
      Object.assign(gitpod.faults, calm);
      gitpod.faults.rpcErrors.clear();
    }
  });
  await fc.assert(property, { numRuns });
}
