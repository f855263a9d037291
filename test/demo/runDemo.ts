import { ConnectionMethod, ConnectionTransport } from '../../helper/gen/gitpod/helper/v1/common.ts';
import {
  ConnectionServiceService,
  type Plan,
  type Ready,
} from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { HelperServiceService } from '../../helper/gen/gitpod/helper/v1/helper_service.ts';
import { KeyServiceService, type ListKeysResponse } from '../../helper/gen/gitpod/helper/v1/key_service.ts';
import { type Workspace, WorkspaceServiceService } from '../../helper/gen/gitpod/helper/v1/workspace_service.ts';
import { seedDemo } from '../embedded-gitpod/demo.ts';
import { EmbeddedGitpod } from '../embedded-gitpod/embeddedGitpod.ts';
import { connectRequest } from '../support/connectRequest.ts';
import { HelperProcess } from '../support/helperProcess.ts';
import { initializeRequest } from '../support/initialize.ts';
import { join } from '../support/thinClient.ts';
import { makeDemoHome } from './demoHome.ts';

/** One connection that was made, and the proof that the backend answered through the local port. */
export interface DemoConnection {
  /** What is the matter with the installation; empty when all is well. */
  readonly circumstance: string;
  readonly method: string;
  readonly transport: string;
  readonly localPort: number;
  /** The backend's certificate is the one the join link pins, it took the one-time ticket, and it echoed what was sent. */
  readonly backendVerified: boolean;
  readonly fingerprint: string;
  readonly ms: number;
}

/** What the demonstration showed. */
export interface DemoResult {
  readonly host: string;
  readonly helperVersion: string;
  readonly initializeMs: number;
  readonly homePath: string;
  readonly agent: boolean;
  readonly workspaces: readonly Workspace[];
  readonly keys: ListKeysResponse;
  readonly plan: Plan;
  readonly connections: readonly DemoConnection[];
}

/** Every method over every transport it has. */
const ways: readonly {
  readonly method: ConnectionMethod;
  readonly circumstance?: string;
  readonly fault?: 'refuseSsh' | 'sshGatewayOff';
}[] = [
  { method: ConnectionMethod.SSH_GATEWAY_KEY },
  { method: ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN },
  { method: ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN, circumstance: 'the SSH port is blocked', fault: 'refuseSsh' },
  { method: ConnectionMethod.LOCAL_COMPANION },
  { method: ConnectionMethod.LOCAL_COMPANION, circumstance: 'there is no SSH gateway', fault: 'sshGatewayOff' },
];

/** Runs the product's main job once, with real parts: the helper as the IDE starts it, against an embedded Gitpod. */
export async function runDemo(): Promise<DemoResult> {
  await using resources = new AsyncDisposableStack();
  const gitpod = resources.use(await EmbeddedGitpod.start());
  const { user, workspaces: seeded } = seedDemo(gitpod);
  const home = await makeDemoHome(resources);
  user.addSshPublicKey('laptop', home.registeredKey);

  const startedAt = performance.now();
  const helper = resources.use(
    new HelperProcess({ env: home.agentPath === undefined ? {} : { SSH_AUTH_SOCK: home.agentPath } }),
  );
  const request = initializeRequest(gitpod, user.personalAccessToken, home.path);
  const { helperVersion } = await helper.client.unary(HelperServiceService.initialize, request);
  const initializeMs = performance.now() - startedAt;

  const { workspaces } = await helper.client.unary(WorkspaceServiceService.listWorkspaces, {
    hosts: [],
    query: '',
    phases: [],
    pageSize: 0,
    pageToken: '',
  });
  const workspaceId = seeded.ready.id;
  const keys = await helper.client.unary(KeyServiceService.listKeys, { host: gitpod.host, workspaceId });
  const workspace = { host: gitpod.host, workspaceId, debug: false };
  const { plan } = await helper.client.unary(ConnectionServiceService.plan, { workspace, useLocalApp: false });
  if (plan === undefined) throw new Error('the helper gave no plan');

  const connections: DemoConnection[] = [];
  for (const { method, circumstance = '', fault } of ways) {
    if (fault !== undefined) gitpod.faults[fault] = true;
    connections.push({ circumstance, ...(await connectOnce(helper, gitpod.host, workspaceId, method)) });
    if (fault !== undefined) gitpod.faults[fault] = false;
  }
  const { host } = gitpod;
  const agent = home.agentPath !== undefined;
  return { host, helperVersion, initializeMs, homePath: home.path, agent, workspaces, keys, plan, connections };
}

async function connectOnce(
  helper: HelperProcess,
  host: string,
  workspaceId: string,
  method: ConnectionMethod,
): Promise<Omit<DemoConnection, 'circumstance'>> {
  const call = helper.client.stream(ConnectionServiceService.connect, connectRequest(host, workspaceId, { method }));
  for await (const { event } of call) {
    if (event?.$case === 'ended') throw new Error(event.value.failure?.message ?? 'the connection ended');
    if (event?.$case === 'ready') return await verify(event.value);
  }
  throw new Error('the helper ended the call without a word');
}

async function verify(ready: Ready): Promise<Omit<DemoConnection, 'circumstance'>> {
  const { fingerprintMatches, firstLine, socket } = await join(ready.joinLink);
  const sent = 'hello, backend';
  socket.write(sent);
  const echoed = await new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(String(bytes))));
  socket.destroy();
  return {
    method: nameIn(ConnectionMethod, ready.method),
    transport: nameIn(ConnectionTransport, ready.transport),
    localPort: ready.localPort,
    backendVerified: fingerprintMatches && firstLine.startsWith('READY ') && echoed === sent,
    fingerprint: new URLSearchParams(new URL(ready.joinLink).hash.slice(1)).get('fp') ?? '',
    ms: ready.elapsedMs,
  };
}

/** The name of an enum's value, as in the contract without its prefix. */
export function nameIn(values: Readonly<Record<string, number>>, value: number): string {
  return Object.entries(values).find(([, candidate]) => candidate === value)?.[0] ?? String(value);
}
