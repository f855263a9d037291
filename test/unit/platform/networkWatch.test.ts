import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { watchNetwork } from '../../../helper/platform/network/networkWatch.ts';

let addresses: string;
let now: number;
let changes: number;
let watching: Disposable;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  addresses = '192.0.2.7/24';
  now = 1_000;
  changes = 0;
  watching = watchNetwork(() => void changes++, { addresses: () => addresses, now: () => now });
});
afterEach(() => {
  watching[Symbol.dispose]();
  vi.useRealTimers();
});

/** One tick of the watch, `lateMs` after it was due. */
function tick(lateMs = 0): void {
  now += 2_000 + lateMs;
  vi.advanceTimersByTime(2_000);
}

describe('a network that is watched', () => {
  test('is the same as long as nothing happens, also on a busy machine', () => {
    tick();
    tick(1_500);
    tick(2_900);
    expect(changes).toBe(0);
  });

  test('may be another one after the machine has slept', () => {
    tick();
    tick(3_600_000);
    expect(changes).toBe(1);
    tick();
    expect(changes).toBe(1);
  });

  test('is another one when the addresses have changed', () => {
    addresses = '198.51.100.9/24';
    tick();
    tick();
    expect(changes).toBe(1);
  });

  test('is watched until disposed', () => {
    watching[Symbol.dispose]();
    addresses = '';
    tick(10_000);
    expect(changes).toBe(0);
  });
});
