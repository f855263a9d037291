import { buildHelper } from '../../build.ts';
import { ConnectionMethod, ConnectionTransport, WorkspacePhase } from '../../helper/gen/gitpod/helper/v1/common.ts';
import { RouteVerdict } from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { KeySource, KeyVerdict } from '../../helper/gen/gitpod/helper/v1/key_service.ts';
import { type DemoResult, nameIn, runDemo } from './runDemo.ts';

const json = process.argv.includes('--json');
const builtAt = performance.now();
await buildHelper();
const buildMs = performance.now() - builtAt;
const result = await runDemo();
process.stdout.write(json ? `${JSON.stringify(toDocument(result))}\n` : toText(result, buildMs));
if (result.connections.some(({ backendVerified }) => !backendVerified)) process.exitCode = 1;

function toDocument({ workspaces, keys, plan, connections }: DemoResult): object {
  return {
    workspaces: workspaces.map(({ ref, phase, repository, branch, ideUrl }) => ({
      id: ref?.workspaceId,
      phase: phaseName(phase),
      repository,
      branch,
      ide_url: ideUrl,
    })),
    keys: keys.local.map(({ source, path, type, fingerprint, verdict, reason }) => ({
      source: nameIn(KeySource, source),
      path,
      type,
      fingerprint,
      verdict: nameIn(KeyVerdict, verdict),
      reason,
    })),
    plan: {
      workspace_id: plan.workspace?.workspaceId,
      phase: phaseName(plan.phase),
      routes: plan.routes.map(({ method, transport, verdict, reason, target }) => ({
        method: nameIn(ConnectionMethod, method),
        transport: nameIn(ConnectionTransport, transport),
        verdict: nameIn(RouteVerdict, verdict),
        reason,
        target,
      })),
    },
    connections: connections.map(({ method, transport, circumstance, localPort, backendVerified, ms }) => ({
      method,
      transport,
      circumstance,
      local_port: localPort,
      backend_verified: backendVerified,
      ms,
    })),
  };
}

function toText(result: DemoResult, elapsedBuildMs: number): string {
  const lines = [
    `Built dist/helper.cjs in ${Math.round(elapsedBuildMs)} ms.`,
    `An embedded Gitpod runs at https://${result.host}; nothing outside this machine is contacted.`,
    `The home is a temporary one (${result.homePath}) with freshly made keys; ` +
      (result.agent ? 'a real ssh-agent holds one of them.' : 'there is no ssh-agent on this machine.'),
    `Helper ${result.helperVersion} was started over stdio as an IDE does and answered after ${Math.round(result.initializeMs)} ms.`,
    '',
    'Workspaces',
    ...result.workspaces.map(
      ({ ref, phase, repository, branch }) =>
        `  ${ref?.workspaceId.padEnd(28)}${phaseName(phase).padEnd(9)}${repository} (${branch})`,
    ),
    '',
    'Keys',
    ...result.keys.local.map(
      ({ path, type, fingerprint, verdict, reason }) =>
        `  ${path}  ${type} ${fingerprint}\n    ${nameIn(KeyVerdict, verdict)}: ${reason}`,
    ),
    `  ${result.keys.agent}`,
    '',
    `Plan for ${result.plan.workspace?.workspaceId}`,
    ...result.plan.routes.map(
      ({ method, transport, verdict, reason }) =>
        `  ${nameIn(RouteVerdict, verdict)}: ${nameIn(ConnectionMethod, method)} over ${nameIn(ConnectionTransport, transport)}\n    ${reason}`,
    ),
    '',
    'Connections',
    ...result.connections.map(
      ({ method, transport, circumstance, localPort, backendVerified, fingerprint, ms }) =>
        `  ${method} over ${transport}${circumstance === '' ? '' : `, where ${circumstance}`}: ready on 127.0.0.1:${localPort} after ${ms} ms\n` +
        (backendVerified
          ? `    the IDE backend answered; its certificate is the one the join link pins (fp ${fingerprint.slice(0, 16)}…)`
          : '    NOT VERIFIED: what answered is not the backend of the join link'),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function phaseName(phase: WorkspacePhase): string {
  return nameIn(WorkspacePhase, phase).toLowerCase();
}
