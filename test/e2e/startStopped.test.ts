import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AnswerPromptRequest,
  ConnectionServiceService,
  ConnectPhase,
  type ConnectResponse,
  PromptKind,
} from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { type Failure, FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { connectRequest } from '../support/connectRequest.ts';
import { startCommand } from '../support/runBundle.ts';
import { allEvents, failureOf, makeWorld, nextEvent, untilReady, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  // It stays in its first phase until a test sets the next.
  world = await makeWorld({ workspace: { phase: 'stopped', startPhases: ['preparing'] } });
  await world.initialize();
});
afterEach(() => world[Symbol.asyncDispose]());

function starts(): number {
  return world.gitpod.events.filter((event) => event.kind === 'rpc' && event.method === 'startWorkspace').length;
}

/** Reads events until a start is told to be this far. */
async function untilStarting(events: AsyncIterator<ConnectResponse>, detail: string): Promise<void> {
  for (;;) {
    const { value } = await nextEvent(events, 'phase');
    if (value.phase === ConnectPhase.STARTING_WORKSPACE && value.detail === detail) return;
  }
}

function answer(promptId: string, given: AnswerPromptRequest['answer']): Promise<unknown> {
  return world.helper.client.unary(ConnectionServiceService.answerPrompt, { promptId, answer: given });
}

function failureOfRest(events: AsyncIterator<ConnectResponse>): Promise<Failure> {
  return failureOf({ [Symbol.asyncIterator]: () => events });
}

describe('a stopped workspace', () => {
  test('is started when the user has agreed, and every stage of it is told', async () => {
    const events = world.connect({ startIfStopped: true })[Symbol.asyncIterator]();
    await untilStarting(events, 'preparing the workspace');
    for (const [phase, detail] of [
      ['building', 'building the workspace image'],
      ['pending', 'allocating resources'],
      ['creating', 'pulling the workspace image'],
      ['initializing', 'initializing the workspace content'],
    ] as const) {
      world.workspace.phase = phase;
      await untilStarting(events, detail);
    }
    world.workspace.phase = 'running';
    expect((await untilReady(events)).localPort).toBeGreaterThan(0);
    expect(starts()).toBe(1);
    await events.return(undefined);
  });

  test('is started when the user says yes', async () => {
    const events = world.connect()[Symbol.asyncIterator]();
    const { value: prompt } = await nextEvent(events, 'prompt');
    expect(prompt).toMatchObject({
      kind: PromptKind.START_WORKSPACE,
      title: `The workspace ${world.workspace.id} is stopped. Start it?`,
    });
    expect(starts()).toBe(0);
    await answer(prompt.promptId, { $case: 'consent', value: true });
    await untilStarting(events, 'preparing the workspace');
    world.workspace.phase = 'running';
    await untilReady(events);
    await events.return(undefined);
  });

  test.each([
    { $case: 'consent', value: false },
    { $case: 'dismissed', value: true },
  ] as const)('stays so when the user does not want it: %o', async (given) => {
    const events = world.connect()[Symbol.asyncIterator]();
    await answer((await nextEvent(events, 'prompt')).value.promptId, given);
    const failure = await failureOfRest(events);
    expect(failure.code).toBe(FailureCode.WORKSPACE_STOPPED);
    expect(failure.message).toMatch(/is stopped\.$/);
    expect(starts()).toBe(0);
  });

  test('is not started by an answer to another question', async () => {
    const events = world.connect()[Symbol.asyncIterator]();
    const { promptId } = (await nextEvent(events, 'prompt')).value;
    await expect(answer(promptId, { $case: 'secret', value: 'open sesame' })).rejects.toMatchObject({
      failure: { code: FailureCode.INVALID_ARGUMENT },
    });
    await answer(promptId, { $case: 'consent', value: false });
    expect((await failureOfRest(events)).code).toBe(FailureCode.WORKSPACE_STOPPED);
  });

  test('is not started again when it stops while connected, although the user had agreed', async () => {
    const events = world.connect({ startIfStopped: true })[Symbol.asyncIterator]();
    await untilStarting(events, 'preparing the workspace');
    world.workspace.phase = 'running';
    await untilReady(events);
    world.workspace.phase = 'stopped';
    world.workspace.dropConnections();
    const rest = await allEvents({ [Symbol.asyncIterator]: () => events });
    expect(rest.map(({ $case }) => $case)).not.toContain('prompt');
    expect(rest.at(-1)).toMatchObject({ value: { failure: { code: FailureCode.WORKSPACE_STOPPED } } });
    expect(starts()).toBe(1);
  });

  test('that was never started is started, too', async () => {
    const never = world.gitpod.addWorkspace(world.user, { neverStarted: true });
    const request = connectRequest(world.gitpod.host, never.id, { startIfStopped: true });
    const events = world.helper.client.stream(ConnectionServiceService.connect, request)[Symbol.asyncIterator]();
    await untilReady(events);
    await events.return(undefined);
  });
});

describe('a workspace that is on its way up', () => {
  test('is waited for without a question', async () => {
    world.workspace.phase = 'pending';
    const events = world.connect()[Symbol.asyncIterator]();
    await untilStarting(events, 'allocating resources');
    world.workspace.phase = 'running';
    await untilReady(events);
    expect(starts()).toBe(0);
    await events.return(undefined);
  });

  test('is read again when the connection to the installation was lost meanwhile', async () => {
    world.workspace.phase = 'pending';
    const events = world.connect()[Symbol.asyncIterator]();
    await untilStarting(events, 'allocating resources');
    world.gitpod.dropApiConnections();
    world.workspace.phase = 'running';
    await untilReady(events);
    await events.return(undefined);
  }, 8_000); // sooner than it would be read again anyway
});

describe('a start that does not end well', () => {
  async function startingEvents(): Promise<AsyncGenerator<ConnectResponse>> {
    const events = world.connect({ startIfStopped: true })[Symbol.asyncIterator]();
    await untilStarting(events, 'preparing the workspace');
    return events;
  }

  test('tells why the installation failed, and what can be done', async () => {
    const events = await startingEvents();
    world.workspace.failedCondition = 'cannot pull image:\n manifest unknown.';
    world.workspace.phase = 'stopped';
    const failure = await failureOfRest(events);
    expect(failure).toMatchObject({
      code: FailureCode.WORKSPACE_FAILED,
      message: `The workspace ${world.workspace.id} could not be started: cannot pull image: manifest unknown.`,
    });
    expect(failure.remedies[0]?.url).toBe(`https://${world.gitpod.host}/start/#${world.workspace.id}`);
  });

  test('tells that somebody stopped it', async () => {
    const events = await startingEvents();
    world.workspace.phase = 'stopping';
    expect((await failureOfRest(events)).code).toBe(FailureCode.WORKSPACE_STOPPED);
  });

  test('tells that the workspace was deleted', async () => {
    const events = await startingEvents();
    world.gitpod.faults.rpcErrors.set('getWorkspace', { code: 404, message: 'Workspace not found.' });
    world.gitpod.dropApiConnections();
    expect((await failureOfRest(events)).code).toBe(FailureCode.WORKSPACE_NOT_FOUND);
  });

  test.each([
    [403, FailureCode.PERMISSION_DENIED, /does not permit startWorkspace/],
    [404, FailureCode.WORKSPACE_NOT_FOUND, /There is no workspace/],
    [411, FailureCode.VERIFICATION_REQUIRED, /must be verified/],
    [451, FailureCode.SPENDING_LIMIT_REACHED, /spending limit/],
    [490, FailureCode.TOO_MANY_RUNNING_WORKSPACES, /as many workspaces run/],
  ])('tells why the installation refuses with %i', async (code, expected, message) => {
    world.gitpod.faults.rpcErrors.set('startWorkspace', { code, message: 'no' });
    const failure = await failureOf(world.connect({ startIfStopped: true }));
    expect(failure.code).toBe(expected);
    expect(failure.message).toMatch(message);
    expect(failure.remedies.length).toBeGreaterThan(0);
  });

  test('leaves nothing behind when it is cancelled, and the workspace goes on starting', async () => {
    const events = await startingEvents();
    await events.return(undefined);
    const list = () => world.helper.client.unary(ConnectionServiceService.listConnections, {});
    await expect.poll(list).toEqual({ connections: [] });
    expect(world.workspace.phase).toBe('preparing');
    world.workspace.phase = 'running';
    const again = world.connect()[Symbol.asyncIterator]();
    await untilReady(again);
    await again.return(undefined);
  });
});

describe('on the command line', () => {
  function connect(...options: string[]) {
    const { gitpod, home, user, workspace } = world;
    const common = [
      ...['--host', gitpod.host, '--ca-file', gitpod.caFile, '--resolve', gitpod.resolve],
      ...['--ssh-port', String(gitpod.sshPort), '--home', home.path],
    ];
    return startCommand(['connect', workspace.id, ...common, ...options], { GITPOD_TOKEN: user.personalAccessToken });
  }

  test('--start starts it', async () => {
    const command = connect('--start');
    await expect.poll(command.stdout, { timeout: 10_000 }).toContain('starting workspace: preparing the workspace');
    world.workspace.phase = 'running';
    await expect.poll(command.stdout, { timeout: 10_000 }).toContain('Connected until interrupted');
    command.child.kill('SIGINT');
    expect(await command.exited).toBe(0);
  });

  test('nobody is asked where there is no terminal', async () => {
    const command = connect();
    expect(await command.exited).toBe(4);
    expect(command.stderr()).toMatch(/^error: The workspace \S+ is stopped\./);
    expect(starts()).toBe(0);
  });
});
