import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ConnectRequest } from '../connection/connectWorkspace.ts';
import type { Core, WireCore } from '../connection/core.ts';
import type { ConnectEvent } from '../connection/events.ts';
import type { ConnectionMethod } from '../connection/plan.ts';
import type { PortForward } from '../connection/portForwards.ts';
import type { Prompt, PromptAnswer } from '../connection/prompts.ts';
import { Failure } from '../failures.ts';
import { checkWorkspaceId } from '../workspaces/workspaceId.ts';
import { askConsent } from './askConsent.ts';
import { askSecret } from './askSecret.ts';
import { addCommonOptions, type CommonOptions, installationOf, parsePort } from './commonOptions.ts';
import { failureDocument, type Output } from './output.ts';
import { planDocument } from './plan.ts';
import { type CommandContext, runCommand } from './runCommand.ts';

interface ConnectOptions extends CommonOptions {
  readonly localPort: number;
  readonly backendPort: number;
  readonly backendTimeout: number;
  readonly debugWorkspace: boolean;
  readonly useLocalApp: boolean;
  readonly start: boolean;
  readonly heartbeat: boolean;
  readonly forward: readonly PortForward[];
  readonly method?: 'key' | 'owner-token' | 'local-companion';
}

const methods: Readonly<Record<string, ConnectionMethod>> = {
  key: 'SSH_GATEWAY_KEY',
  'owner-token': 'SSH_GATEWAY_OWNER_TOKEN',
  'local-companion': 'LOCAL_COMPANION',
};

/** `connect WORKSPACE`: a local port to the IDE backend, until interrupted. */
export function addConnectCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('connect <workspace>'))
    .description('connect a local port to the IDE backend of a workspace, and stay until interrupted')
    .option('--local-port <port>', 'the local port; 0 for any free one', parsePort, 0)
    .option('--backend-port <port>', "the IDE backend's own HTTP port; 0 for the usual one", parsePort, 0)
    .option('--backend-timeout <seconds>', 'how long the IDE backend may take to come up', parseSeconds, 300)
    .option('--debug-workspace', 'the debug workspace inside it', false)
    .option('--use-local-app', "the Local Companion's protocol only", false)
    .option('--start', 'start the workspace if it is stopped, without asking', false)
    .option('--forward <local:remote>', 'forward a further port of the workspace (repeatable)', collectForward, [])
    .option('--heartbeat', 'keep the workspace from timing out while a client is connected', false)
    .addOption(new Option('--method <method>', 'just this method').choices(Object.keys(methods)))
    .action((workspaceId: string, options: ConnectOptions) =>
      runCommand({ ...options, isTraced: true }, wireCore, (context) => connect(workspaceId, options, context)),
    );
}

async function connect(text: string, options: ConnectOptions, { core, output, signal }: CommandContext): Promise<void> {
  const method = methods[options.method ?? ''];
  const over = new AbortController();
  const request: ConnectRequest = {
    ref: {
      installation: installationOf(options),
      workspaceId: checkWorkspaceId(text),
      debug: options.debugWorkspace,
    },
    localPort: options.localPort,
    backendPort: options.backendPort,
    backendTimeoutMs: options.backendTimeout * 1000,
    useLocalApp: options.useLocalApp,
    startIfStopped: options.start,
    additionalHeartbeat: options.heartbeat,
    forwards: options.forward,
    ...(method === undefined ? {} : { method }),
  };
  const emit = (_id: string, event: ConnectEvent) => {
    print(event, output);
    if (event.kind === 'prompt') void answer(event.prompt, core, over.signal);
  };
  // A question that is still on the terminal would keep the program from ending.
  const ended = await core.connections.connect(request, emit, signal).finally(() => over.abort());
  if (ended.failure !== undefined) throw ended.failure;
}

/** As many as a timer takes: a longer one would ring at once. */
function parseSeconds(value: string): number {
  const seconds = Number(value);
  if (!/^\d+$/.test(value) || seconds === 0 || seconds > 2_147_483) {
    throw new InvalidArgumentError('it is not a number of seconds.');
  }
  return seconds;
}

function collectForward(text: string, previous: readonly PortForward[]): readonly PortForward[] {
  const [, local, remote] = /^(?:(\d+):)?(\d+)$/.exec(text) ?? [];
  if (remote === undefined) throw new InvalidArgumentError('it is not of the form LOCAL:REMOTE.');
  return [...previous, { localPort: parsePort(local ?? '0'), remotePort: parsePort(remote) }];
}

/** On a terminal the person is asked; elsewhere nobody is there to answer. */
async function answer(prompt: Prompt, core: Core, signal: AbortSignal): Promise<void> {
  const answered = process.stdin.isTTY ? await ask(prompt, signal) : undefined;
  if (signal.aborted) return;
  try {
    core.context.prompts.answer(prompt.id, answered);
  } catch (error) {
    if (!(error instanceof Failure)) throw error; // it came too late: what comes of that, the connection tells
  }
}

function ask({ kind, title }: Prompt, signal: AbortSignal): Promise<PromptAnswer> {
  switch (kind) {
    case 'KEY_PASSPHRASE':
    case 'PROXY_PASSWORD':
      return askSecret(title, signal);
    case 'START_WORKSPACE':
      return askConsent(title, signal);
  }
}

function print(event: ConnectEvent, output: Output): void {
  switch (event.kind) {
    case 'phase':
      output.document({ phase: event.phase, detail: event.detail });
      output.line(phaseLine(event));
      return;
    case 'prompt':
      output.document({ prompt: { kind: event.prompt.kind, title: event.prompt.title } });
      return;
    case 'plan':
      output.document({ plan: planDocument(event.plan) });
      output.line(`  ${event.plan.routes.find(({ verdict }) => verdict === 'CHOSEN')?.reason ?? 'no way in'}`);
      return;
    case 'interrupted':
      output.document({ interrupted: { failure: failureDocument(event.failure), retry_at: event.retryAt } });
      output.line(`interrupted: ${event.failure.message}`);
      return;
    case 'restored': {
      const { method, transport, interruptedMs } = event;
      output.document({ restored: { method, transport, interrupted_ms: interruptedMs } });
      output.line(`restored by ${method} over ${transport}, after ${interruptedMs} ms`);
      return;
    }
    case 'workspace-stopping':
      output.document({ workspace_stopping: { by_request: event.byRequest, condition: event.condition } });
      output.line(`the workspace is stopping${event.condition === '' ? '' : `: ${event.condition}`}`);
      return;
    case 'join-link-changed':
      output.document({ join_link_changed: { local_port: event.localPort, join_link: event.joinLink } });
      output.line(`join link:  ${event.joinLink}`);
      return;
    case 'ready': {
      const { localPort, joinLink, ideVersion, projectPath, backendPid, method, transport, elapsedMs, forwards } =
        event.ready;
      output.document({
        ready: {
          local_port: localPort,
          join_link: joinLink,
          ide_version: ideVersion,
          project_path: projectPath,
          backend_pid: backendPid,
          method,
          transport,
          elapsed_ms: elapsedMs,
          forwards: forwards.map((each) => ({ local_port: each.localPort, remote_port: each.remotePort })),
        },
      });
      output.line(`local port: ${localPort} (${method} over ${transport}, after ${elapsedMs} ms)`);
      output.line(`join link:  ${joinLink}`);
      for (const each of forwards)
        output.line(`port ${each.remotePort} of the workspace is 127.0.0.1:${each.localPort}`);
      output.line('Connected until interrupted (Ctrl-C).');
      return;
    }
  }
}

function phaseLine({ phase, detail }: Extract<ConnectEvent, { kind: 'phase' }>): string {
  const words = phase.toLowerCase().replaceAll('_', ' ');
  return detail === '' ? words : `${words}: ${detail}`;
}
