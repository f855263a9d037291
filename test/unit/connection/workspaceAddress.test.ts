import { expect, test } from 'vitest';
import { parseInstallation } from '../../../helper/account/installation.ts';
import { workspaceAddress } from '../../../helper/connection/workspaceAddress.ts';

const workspaceId = 'acme-app-ab12cd34ef5';
const ref = { installation: parseInstallation('gitpod.io'), workspaceId, debug: false };

test('the addresses of a workspace', () => {
  expect(workspaceAddress(ref, `https://${workspaceId}.ws-eu10.gitpod.io`)).toEqual({
    origin: `https://${workspaceId}.ws-eu10.gitpod.io`,
    launcherOrigin: `https://24000-${workspaceId}.ws-eu10.gitpod.io`,
    sshHost: `${workspaceId}.ssh.ws-eu10.gitpod.io`,
    sshUser: workspaceId,
  });
});

test('a port in the URL is kept, and a path does not matter', () => {
  expect(workspaceAddress(ref, `https://${workspaceId}.ws.example.test:8443/?folder=/x`)).toMatchObject({
    origin: `https://${workspaceId}.ws.example.test:8443`,
    launcherOrigin: `https://24000-${workspaceId}.ws.example.test:8443`,
    sshHost: `${workspaceId}.ssh.ws.example.test`,
  });
});

test('a debug workspace has its prefix everywhere', () => {
  const address = workspaceAddress({ ...ref, debug: true }, `https://${workspaceId}.ws.gitpod.io`);
  expect(address).toEqual({
    origin: `https://debug-${workspaceId}.ws.gitpod.io`,
    launcherOrigin: `https://24000-debug-${workspaceId}.ws.gitpod.io`,
    sshHost: `debug-${workspaceId}.ssh.ws.gitpod.io`,
    sshUser: `debug-${workspaceId}`,
  });
});

test.each(['', 'nonsense', 'http://acme-app-ab12cd34ef5.ws.gitpod.io', 'https://other-app-ab12cd34ef5.ws.gitpod.io'])(
  '%j is no address of it',
  (ideUrl) => {
    expect(workspaceAddress(ref, ideUrl)).toBeUndefined();
  },
);
