import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Account } from '../../../helper/account/account.ts';
import { parseInstallation } from '../../../helper/account/installation.ts';
import { failure } from '../../../helper/failures.ts';
import { Secret } from '../../../helper/platform/secret.ts';

const { signal } = new AbortController();
const refused = failure('SIGN_IN_REQUIRED', { host: 'gitpod.test', why: 'it does not accept the token' });
let canSignIn: boolean;
let changes: string[];
let account: Account;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  canSignIn = true;
  changes = [];
  account = new Account(parseInstallation('gitpod.test'), {
    canSignIn: () => canSignIn,
    onChange: () => changes.push(account.snapshot.state),
    onConnectionLost: () => undefined,
  });
  account.setToken(new Secret('first token'));
});
afterEach(() => {
  vi.useRealTimers();
});

/** A call that works with the token `good` only, and counts how often it was made. */
function callWith(good: string) {
  const made: string[] = [];
  const call = async () => {
    made.push(account.token.reveal());
    if (account.token.reveal() !== good) throw refused;
    return 'done';
  };
  return { made, call };
}

/** Everything that does not wait for a timer has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('a call that is refused', () => {
  test('waits for another token, and is made again with it', async () => {
    const { made, call } = callWith('second token');
    const running = account.run(call, signal);
    await settled();
    expect(account.snapshot.state).toBe('EXPIRED');
    account.setToken(new Secret('second token'));
    await expect(running).resolves.toBe('done');
    expect(made).toEqual(['first token', 'second token']);
    expect(changes).toEqual(['UNKNOWN', 'EXPIRED', 'UNKNOWN', 'SIGNED_IN']);
  });

  test('waits once: a second refusal is final', async () => {
    const { made, call } = callWith('never');
    const running = account.run(call, signal);
    await settled();
    expect(account.snapshot.state).toBe('EXPIRED');
    account.setToken(new Secret('second token'));
    await expect(running).rejects.toBe(refused);
    expect(made).toHaveLength(2);
    expect(account.snapshot).toMatchObject({ state: 'EXPIRED', failure: refused });
  });

  test('is made again at once when the token was replaced meanwhile', async () => {
    canSignIn = false;
    const { call } = callWith('second token');
    const running = account.run(async () => {
      const before = account.token;
      if (before.reveal() === 'first token') {
        account.setToken(new Secret('second token'));
        throw refused;
      }
      return call();
    }, signal);
    await expect(running).resolves.toBe('done');
  });

  test('fails at once when nobody can sign in', async () => {
    canSignIn = false;
    await expect(account.run(callWith('other').call, signal)).rejects.toBe(refused);
  });

  test('fails after two minutes', async () => {
    const running = account.run(callWith('other').call, signal);
    running.catch(() => undefined);
    await settled();
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(119_999);
    let isOver = false;
    running.catch(() => {
      isOver = true;
    });
    await settled();
    expect(isOver).toBe(false);
    vi.advanceTimersByTime(1);
    await expect(running).rejects.toBe(refused);
  });

  test('fails when those who could sign in have gone, or the account is signed out', async () => {
    const first = account.run(callWith('other').call, signal);
    await settled();
    expect(vi.getTimerCount()).toBe(1);
    account.stopWaiting();
    await expect(first).rejects.toBe(refused);
    const second = account.run(callWith('other').call, signal);
    await settled();
    expect(vi.getTimerCount()).toBe(1);
    account.setToken(undefined);
    await expect(second).rejects.toBe(refused);
    expect(account.snapshot.state).toBe('SIGNED_OUT');
  });

  test('ends with the signal', async () => {
    const abort = new AbortController();
    const running = account.run(callWith('other').call, abort.signal);
    await settled();
    expect(vi.getTimerCount()).toBe(1);
    const reason = new Error('changed my mind');
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
  });
});

test.each([
  ['HOST_UNREACHABLE', failure('HOST_UNREACHABLE', { host: 'gitpod.test', problem: 'x' }), 'UNREACHABLE'],
  ['USER_BLOCKED', failure('USER_BLOCKED', { host: 'gitpod.test' }), 'EXPIRED'],
  ['WORKSPACE_NOT_FOUND', failure('WORKSPACE_NOT_FOUND', { host: 'gitpod.test', workspaceId: 'x' }), 'UNKNOWN'],
])('a call that fails with %s', async (_code, reason, state) => {
  await expect(account.run(() => Promise.reject(reason), signal)).rejects.toBe(reason);
  expect(account.snapshot.state).toBe(state);
});
