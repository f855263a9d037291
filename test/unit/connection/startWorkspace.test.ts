import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseInstallation } from '../../../helper/account/installation.ts';
import type { WorkspaceInstanceRecord, WorkspacePhase, WorkspaceRecord } from '../../../helper/account/records.ts';
import type { ConnectEvent } from '../../../helper/connection/events.ts';
import { Prompts } from '../../../helper/connection/prompts.ts';
import { type StartContext, untilRunning } from '../../../helper/connection/startWorkspace.ts';
import { failure } from '../../../helper/failures.ts';

const ref = { installation: parseInstallation('gitpod.test'), workspaceId: 'amber-otter-00000000000', debug: false };

let now: WorkspaceRecord;
let readFailure: Error | undefined;
let watchers: Set<(instance: WorkspaceInstanceRecord | undefined) => void>;
let events: ConnectEvent[];
beforeEach(() => {
  vi.useFakeTimers();
  now = record('one', 'stopped');
  readFailure = undefined;
  watchers = new Set();
  events = [];
});
afterEach(() => {
  vi.useRealTimers();
});

function record(instanceId: string, phase: WorkspacePhase): WorkspaceRecord {
  return {
    ...{ id: ref.workspaceId, description: '', contextUrl: '', repository: '', branch: '' },
    ...{ createdAt: new Date(0), organizationId: '', pinned: false },
    instance: {
      id: instanceId,
      phase,
      ideUrl: '',
      workspaceClass: '',
      failedCondition: '',
      timeoutCondition: '',
      stoppedByRequest: false,
      editor: '',
      configuredTimeout: '',
    },
  };
}

const controlPlane: StartContext['controlPlane'] = {
  getWorkspace: async () => {
    if (readFailure !== undefined) throw readFailure;
    return now;
  },
  startWorkspace: async () => undefined,
  watchWorkspaces: ({ onInstance }) => {
    const onChange = (instance: WorkspaceInstanceRecord | undefined) => {
      if (instance !== undefined) onInstance(ref.workspaceId, instance);
    };
    watchers.add(onChange);
    return { [Symbol.dispose]: () => void watchers.delete(onChange) };
  },
};

function start(startIfStopped: boolean, signal = new AbortController().signal): Promise<WorkspaceRecord> {
  const context = { controlPlane, prompts: new Prompts(), emit: (event: ConnectEvent) => void events.push(event) };
  return untilRunning({ ref, startIfStopped }, now, context, signal);
}

function details(): string[] {
  return events.flatMap((event) => (event.kind === 'phase' ? [event.detail] : []));
}

test('what is told late of the instance before, and a change that was never pushed, do not mislead', async () => {
  const starting = start(true);
  await vi.advanceTimersByTimeAsync(0);
  for (const tell of watchers) tell(now.instance);
  now = record('two', 'creating');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(details()).toEqual(['asking for its start', 'pulling the workspace image']);
  now = record('two', 'running');
  await vi.advanceTimersByTimeAsync(10_000);
  expect((await starting).instance).toMatchObject({ id: 'two', phase: 'running' });
  expect(watchers.size).toBe(0);
});

test('an installation that cannot be reached for a while does not end the waiting', async () => {
  now = record('one', 'pending');
  const starting = start(false);
  readFailure = failure('HOST_UNREACHABLE', { host: 'gitpod.test', problem: 'it is asleep' });
  await vi.advanceTimersByTimeAsync(60_000);
  readFailure = undefined;
  now = record('one', 'running');
  await vi.advanceTimersByTimeAsync(10_000);
  expect((await starting).instance?.phase).toBe('running');
});

test('a start that takes for ever is given up with the phase it is in', async () => {
  now = record('one', 'building');
  const starting = expect(start(false)).rejects.toMatchObject({
    code: 'WORKSPACE_STARTING',
    message: expect.stringContaining('(building)'),
    remedies: [expect.objectContaining({ action: 'RETRY' })],
  });
  await vi.advanceTimersByTimeAsync(3_700_000);
  await starting;
  expect(watchers.size).toBe(0);
});

test('a start that ran into the time limit of the installation tells that', async () => {
  const starting = expect(start(true)).rejects.toMatchObject({
    code: 'WORKSPACE_FAILED',
    message: expect.stringContaining('timed out after preparation'),
  });
  const { instance } = record('two', 'stopping');
  await vi.advanceTimersByTimeAsync(0);
  for (const tell of watchers) {
    if (instance !== undefined) tell({ ...instance, timeoutCondition: 'workspace timed out after preparation' });
  }
  await starting;
});

test('aborting ends the watching and leaves no timer', async () => {
  const abort = new AbortController();
  const starting = expect(start(true, abort.signal)).rejects.toThrow('enough');
  await vi.advanceTimersByTimeAsync(100);
  expect(watchers.size).toBe(1);
  abort.abort(new Error('enough'));
  await starting;
  expect(watchers.size).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('a question that nobody answers expires, and the workspace stays as it is', async () => {
  const asked = start(false);
  await vi.advanceTimersByTimeAsync(119_000);
  expect(events).toMatchObject([{ kind: 'prompt', prompt: { kind: 'START_WORKSPACE' } }]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await asked).instance?.phase).toBe('stopped');
  expect(watchers.size).toBe(0);
});
