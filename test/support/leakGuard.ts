import { afterAll, beforeAll, expect } from 'vitest';

/** Kinds of libuv handles that a test must have closed when it ends; timers and the worker's own pipes come and go. */
const guardedKinds: readonly string[] = [
  'ProcessWrap',
  'TCPServerWrap',
  'TCPSocketWrap',
  'TLSWrap',
  'PipeServerWrap',
  'UDPWRAP',
  'FSEventWrap',
];

const graceMs = 3_000;

let before: Map<string, number>;

beforeAll(() => {
  before = countGuarded();
});

afterAll(async () => {
  const deadline = Date.now() + graceMs;
  while (leaked().length > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(leaked(), 'handles left open by this file').toEqual([]);
});

function leaked(): string[] {
  return [...countGuarded()].flatMap(([kind, count]) => {
    const extra = count - (before.get(kind) ?? 0);
    return extra > 0 ? [`${extra} × ${kind}`] : [];
  });
}

function countGuarded(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (guardedKinds.includes(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}
