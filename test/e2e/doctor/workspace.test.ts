import { test } from 'vitest';
import { closedPort } from '../../support/closedPort.ts';
import { expectDiagnosis, type Situation } from './support/situation.ts';

const situations: readonly Situation[] = [
  {
    name: 'the SSH port is blocked',
    breakIt: async ({ options }) => void options.set('--ssh-port', String(await closedPort())),
    check: 'gateway-port',
    verdict: 'warning',
    value: /does not answer on port \d+: the connection was refused/,
    remedy: /Allow outgoing connections/,
    heal: ({ options, gitpod }) => void options.set('--ssh-port', String(gitpod.sshPort)),
  },
  {
    name: 'a firewall accepts on the SSH port and says nothing',
    breakIt: ({ gitpod }) => {
      gitpod.faults.stallSsh = true;
    },
    check: 'gateway-port',
    verdict: 'warning',
    value: /accepts connections, then stalls/,
    remedy: /try another network/,
    heal: ({ gitpod }) => {
      gitpod.faults.stallSsh = false;
    },
  },
  {
    name: 'a self-hosted installation without an SSH gateway',
    breakIt: ({ gitpod }) => {
      gitpod.faults.sshGatewayOff = true;
    },
    check: 'gateway-host-keys',
    verdict: 'warning',
    value: /host keys of .* cannot be had.*not a list of host keys/,
    remedy: /whether the SSH gateway is on/,
    heal: ({ gitpod }) => {
      gitpod.faults.sshGatewayOff = false;
    },
  },
  {
    name: 'somebody else’s host key',
    breakIt: ({ gitpod }) => {
      gitpod.faults.presentedHostKeyNotListed = true;
    },
    check: 'gateway-host-key',
    verdict: 'problem',
    value: /showed the host key SHA256:.*Somebody may be listening in/,
    remedy: /Ask the administrators/,
    heal: ({ gitpod }) => {
      gitpod.faults.presentedHostKeyNotListed = false;
    },
  },
  {
    name: 'the workspace is stopped',
    breakIt: ({ workspace }) => {
      workspace.phase = 'stopped';
    },
    check: 'workspace',
    verdict: 'problem',
    value: /is stopped/,
    remedy: /Start the workspace/,
    heal: (patient) => patient.follow(`gitpod-helper start ${patient.workspace.id}`),
  },
  {
    name: 'the supervisor is down',
    breakIt: ({ gitpod }) => {
      gitpod.faults.supervisorDown = true;
    },
    check: 'supervisor',
    verdict: 'problem',
    value: /does not answer \(HTTP 502\)/,
    remedy: /Stop the workspace and start it again/,
    heal: ({ gitpod }) => {
      gitpod.faults.supervisorDown = false;
    },
  },
  {
    name: 'no JetBrains IDE is configured',
    breakIt: ({ workspace }) => {
      workspace.backend = 'absent';
    },
    check: 'backend',
    verdict: 'warning',
    value: /No JetBrains IDE is configured/,
    remedy: /Choose a JetBrains IDE/,
    heal: ({ workspace }) => {
      workspace.backend = 'ready';
    },
  },
  {
    name: 'the IDE backend is still starting',
    breakIt: ({ workspace }) => {
      workspace.backend = 'booting';
    },
    check: 'backend',
    verdict: 'warning',
    value: /still not up: the IDE is still starting/,
    remedy: /Wait a moment/,
    heal: ({ workspace }) => {
      workspace.backend = 'ready';
    },
  },
  {
    name: 'the join link is none',
    breakIt: ({ workspace }) => {
      workspace.backend = 'malformed-link';
    },
    check: 'backend',
    verdict: 'warning',
    value: /join link .* cannot be used/,
    remedy: /Collect diagnostics/,
    heal: ({ workspace }) => {
      workspace.backend = 'ready';
    },
  },
  {
    name: 'the workspace’s own SSH server is down',
    breakIt: ({ workspace }) => {
      workspace.upstream = 'down';
    },
    check: 'route-key',
    verdict: 'warning',
    value: /the SSH server of .* is down/,
    remedy: /Stop the workspace and start it again/,
    heal: ({ workspace }) => {
      workspace.upstream = 'ready';
    },
  },
  {
    name: 'a WebSocket that carries SSH is refused',
    breakIt: ({ gitpod }) => {
      gitpod.faults.tunnelUpgradeStatus = 503;
    },
    check: 'route-websocket',
    verdict: 'warning',
    value: /HTTP 503/,
    remedy: /whether a proxy or firewall refuses WebSockets/,
    heal: ({ gitpod }) => {
      gitpod.faults.tunnelUpgradeStatus = undefined;
    },
  },
  {
    name: 'the SSH gateway takes no key',
    breakIt: ({ gitpod }) => {
      gitpod.faults.refuseKeys = true;
    },
    check: 'route-key',
    verdict: 'warning',
    value: /refused the key SHA256:/,
    remedy: /Add a public key of this machine/,
    heal: ({ gitpod }) => {
      gitpod.faults.refuseKeys = false;
    },
  },
  {
    name: 'every way in is closed',
    breakIt: ({ workspace }) => {
      workspace.upstream = 'down';
    },
    check: 'way-in',
    verdict: 'problem',
    value: /the SSH server of .* is down/,
    remedy: /Stop the workspace and start it again/,
    heal: ({ workspace }) => {
      workspace.upstream = 'ready';
    },
  },
];

test.concurrent.each(situations)('$name', { timeout: 90_000 }, expectDiagnosis);
