import { readFile } from 'node:fs/promises';
import { ConnectionMethod } from '../../helper/gen/gitpod/helper/v1/common.ts';
import {
  ConnectionServiceService,
  type ConnectRequest,
  type ConnectResponse,
  type Ready,
} from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import type { Failure } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import {
  HelperServiceService,
  type Overrides,
  type ProxySettings,
} from '../../helper/gen/gitpod/helper/v1/helper_service.ts';
import {
  EmbeddedGitpod,
  type EmbeddedGitpodOptions,
  type EmbeddedUser,
  type EmbeddedWorkspace,
  type WorkspaceOptions,
} from '../embedded-gitpod/embeddedGitpod.ts';
import { connectRequest } from './connectRequest.ts';
import type { StreamingCall } from './grpcClient.ts';
import { HelperProcess, type HelperProcessOptions } from './helperProcess.ts';
import { initializeRequest } from './initialize.ts';
import { type ScratchHome, scratchHome } from './ssh/scratchHome.ts';
import { makeKey } from './ssh/sshTools.ts';

/** What a test of the built helper needs: an embedded Gitpod, a user with a workspace, a home with a key, a helper. */
export interface World extends AsyncDisposable {
  readonly gitpod: EmbeddedGitpod;
  readonly user: EmbeddedUser;
  readonly workspace: EmbeddedWorkspace;
  readonly home: ScratchHome;
  /** The private key file that is there from the start, `~/.ssh/id_ed25519`. */
  readonly keyFile: string;
  readonly helper: HelperProcess;
  /** Registers the key that is in `~/.ssh/id_ed25519`. */
  readonly registerKey: () => Promise<void>;
  readonly initialize: (
    overrides?: Partial<Overrides>,
    proxy?: Partial<ProxySettings>,
    caCertificatesPem?: string[],
  ) => Promise<void>;
  /** A connection to the workspace. */
  readonly connect: (options?: Partial<Omit<ConnectRequest, 'workspace'>>) => StreamingCall<ConnectResponse>;
}

/** Makes a world. The key is not registered and the helper not initialized. */
export async function makeWorld(
  options: {
    gitpod?: EmbeddedGitpodOptions;
    workspace?: Partial<WorkspaceOptions>;
    helper?: HelperProcessOptions;
  } = {},
): Promise<World> {
  await using resources = new AsyncDisposableStack();
  const gitpod = resources.use(await EmbeddedGitpod.start(options.gitpod));
  const user = gitpod.addUser({ name: 'ada' });
  const longAgo = new Date(Date.now() - 3_600_000).toISOString();
  const workspace = gitpod.addWorkspace(user, { creationTime: longAgo, ...options.workspace });
  const home = resources.use(scratchHome());
  const keyFile = await makeKey(home.at('.ssh/id_ed25519'), { type: 'ed25519' });
  const helper = resources.use(new HelperProcess(options.helper));
  const owned = resources.move();
  return {
    gitpod,
    user,
    workspace,
    home,
    keyFile,
    helper,
    registerKey: async () => {
      user.addSshPublicKey('laptop', await readFile(`${keyFile}.pub`, 'utf8'));
    },
    initialize: async (...settings) => {
      const request = initializeRequest(gitpod, user.personalAccessToken, home.path, ...settings);
      await helper.client.unary(HelperServiceService.initialize, request);
    },
    connect: (request) =>
      helper.client.stream(ConnectionServiceService.connect, connectRequest(gitpod.host, workspace.id, request)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Reads events until bytes can flow. The rest of the events stays to be read from the iterator. */
export async function untilReady(events: AsyncIterator<ConnectResponse>): Promise<Ready> {
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error('the stream ended before ready');
    const { event } = value;
    if (event?.$case === 'ready') return event.value;
    if (event?.$case === 'ended') throw new Error(`ended: ${JSON.stringify(event.value.failure)}`);
  }
}

type Event = NonNullable<ConnectResponse['event']>;

/** Reads events up to the first of a kind. */
export async function nextEvent<Case extends Event['$case']>(
  events: AsyncIterator<ConnectResponse>,
  wanted: Case,
): Promise<Extract<Event, { $case: Case }>> {
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error(`the stream ended before ${wanted}`);
    const event: Event | undefined = value.event;
    if (event !== undefined && isCase(event, wanted)) return event;
    if (event?.$case === 'ended') throw new Error(`ended: ${JSON.stringify(event.value)}`);
  }
}

function isCase<Case extends Event['$case']>(event: Event, wanted: Case): event is Extract<Event, { $case: Case }> {
  return event.$case === wanted;
}

/** Reads events to the end. */
export async function allEvents(call: AsyncIterable<ConnectResponse>): Promise<Event[]> {
  const events = [];
  for await (const { event } of call) if (event !== undefined) events.push(event);
  return events;
}

/** The failure a connection ends with. */
export async function failureOf(call: AsyncIterable<ConnectResponse>): Promise<Failure> {
  const last = (await allEvents(call)).at(-1);
  if (last?.$case !== 'ended' || last.value.failure === undefined)
    throw new Error(`no failure: ${JSON.stringify(last)}`);
  return last.value.failure;
}

export { ConnectionMethod };
