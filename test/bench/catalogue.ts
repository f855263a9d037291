/**
 * The catalogue with 10,000 workspaces: the first page, a search, the live list, memory, and a thousand changes a second,
 * beside the same with ten: `node test/bench/catalogue.ts [ROUNDS]`. The embedded Gitpod's own time is part of it.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { buildHelper } from '../../build.ts';
import {
  type WatchWorkspacesResponse,
  WorkspaceServiceService,
} from '../../helper/gen/gitpod/helper/v1/workspace_service.ts';
import type { EmbeddedWorkspace } from '../embedded-gitpod/embeddedGitpod.ts';
import { makeWorld, type World } from '../support/world.ts';
import { distribution } from './measure.ts';

const rounds = Number(process.argv[2] ?? 20);
await buildHelper();
for (const count of [10, 10_000]) await measure(count);

async function measure(count: number): Promise<void> {
  await using world = await makeWorld({ gitpod: { callsPerMinute: 1_000_000 } });
  const workspaces = Array.from({ length: count - 1 }, (_, index) =>
    world.gitpod.addWorkspace(world.user, {
      repository: `repository-${index}`,
      phase: index < 4 ? 'running' : 'stopped',
      creationTime: new Date(Date.now() - index * 60_000).toISOString(),
    }),
  );
  await world.initialize();
  await page(world, ''); // the connection is there
  const before = memoryMiB(world);
  const firstPage = await timed(rounds, () => page(world, ''));
  const call = world.helper.client.stream(WorkspaceServiceService.watchWorkspaces, { hosts: [] });
  const events = call[Symbol.asyncIterator]();
  const startedAt = performance.now();
  for (let whole = false; !whole; ) {
    const { event } = (await events.next()).value ?? {};
    whole = event?.$case === 'snapshot' && !event.value.more;
  }
  const snapshotMs = performance.now() - startedAt;
  const liveFirstPage = await timed(rounds, () => page(world, ''));
  const liveSearch = await timed(rounds, () => page(world, `repository-${count - 2}`));
  await pause(4_000); // what was needed to read it is given back
  const live = memoryMiB(world);
  const worstDelayMs = await changes(workspaces.slice(0, 500), events);
  const line = (name: string, text: string) => console.log(`${String(count).padStart(6)}  ${name.padEnd(28)} ${text}`);
  line('first page', describe(firstPage));
  line('snapshot of the live list', `${snapshotMs.toFixed(0)} ms`);
  line('first page of the live list', describe(liveFirstPage));
  line('search of the live list', describe(liveSearch));
  line('memory', `${before.toFixed(0)} MiB, live ${live.toFixed(0)} MiB: +${(live - before).toFixed(0)}`);
  line('1,000 changes a second', `the last one told after at most ${worstDelayMs.toFixed(0)} ms`);
  await events.return(undefined);
  line(
    'search, nothing watched',
    describe(await timed(Math.min(rounds, 5), () => page(world, `repository-${count - 2}`))),
  );
}

async function page({ helper }: World, query: string): Promise<void> {
  const request = { hosts: [], query, phases: [], pageSize: 50, pageToken: '' };
  const { workspaces } = await helper.client.unary(WorkspaceServiceService.listWorkspaces, request);
  if (workspaces.length === 0) throw new Error('nothing was found');
}

async function timed(times: number, action: () => Promise<void>): Promise<number[]> {
  const elapsed = [];
  for (let round = 0; round < times; round++) {
    const startedAt = performance.now();
    await action();
    elapsed.push(performance.now() - startedAt);
  }
  return elapsed;
}

/** For three seconds; each tick's last change is waited for. @returns how long that took at most */
async function changes(
  workspaces: readonly EmbeddedWorkspace[],
  events: AsyncIterator<WatchWorkspacesResponse>,
): Promise<number> {
  let worstMs = 0;
  const perTick = 50;
  for (let tick = 0; tick < 60; tick++) {
    const tickAt = performance.now();
    let last: EmbeddedWorkspace | undefined;
    for (let index = 0; index < perTick; index++) {
      last = workspaces[(tick * perTick + index) % workspaces.length];
      if (last !== undefined) last.phase = last.phase === 'interrupted' ? 'running' : 'interrupted';
    }
    const changedAt = performance.now();
    for (;;) {
      const { event } = (await events.next()).value ?? {};
      if (event?.$case === 'changed' && event.value.ref?.workspaceId === last?.id) break;
    }
    worstMs = Math.max(worstMs, performance.now() - changedAt);
    await pause(Math.max(0, tickAt + 50 - performance.now()));
  }
  return worstMs;
}

function memoryMiB({ helper }: World): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${helper.child.pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / 1024;
}

function describe(elapsed: readonly number[]): string {
  const { p50, p90 } = distribution(elapsed);
  return `p50 ${p50.toFixed(1)} ms, p90 ${p90.toFixed(1)} ms`;
}
