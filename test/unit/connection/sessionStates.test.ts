import { expect, test } from 'vitest';
import {
  failedAttemptOf,
  lossOf,
  type SessionEvent,
  type SessionState,
  SessionStates,
} from '../../../helper/connection/sessionStates.ts';
import { failure } from '../../../helper/failures.ts';

const impossible = undefined;

test.each<[SessionState, SessionEvent, SessionState | undefined]>([
  ['connecting', 'established', 'ready'],
  ['connecting', 'lost', impossible],
  ['connecting', 'attempt-failed', impossible],
  ['connecting', 'given-up', 'ended'],
  ['ready', 'established', impossible],
  ['ready', 'lost', 'interrupted'],
  ['ready', 'attempt-failed', impossible],
  ['ready', 'given-up', 'ended'],
  ['interrupted', 'established', 'ready'],
  ['interrupted', 'lost', impossible],
  ['interrupted', 'attempt-failed', 'interrupted'],
  ['interrupted', 'given-up', 'ended'],
  ['ended', 'established', impossible],
  ['ended', 'lost', impossible],
  ['ended', 'attempt-failed', impossible],
  ['ended', 'given-up', impossible],
])('%s, then %s: %s', (state, event, next) => {
  const states = new SessionStates(state);
  if (next === impossible) expect(() => states.after(event)).toThrow(RangeError);
  else expect(states.after(event)).toBe(next);
});

test('is ended by its disposal, wherever it stands', () => {
  const states = new SessionStates();
  states[Symbol.dispose]();
  states[Symbol.dispose]();
  expect(() => states.after('established')).toThrow(RangeError);
});

const where = { host: 'gitpod.test', workspaceId: 'blue-fox-1' };

test('only a lost SSH connection is made again', () => {
  expect(lossOf(failure('SSH_CONNECTION_LOST', { ...where, problem: '' }))).toBe('lost');
  expect(lossOf(failure('BACKEND_UNREACHABLE', { ...where, port: '1', problem: '' }))).toBe('given-up');
});

test.each([
  [failure('HOST_UNREACHABLE', { host: '', problem: '' }), 'attempt-failed'],
  [failure('TLS_UNTRUSTED', { host: '', problem: '' }), 'attempt-failed'],
  [failure('NOT_AN_INSTALLATION', { host: '', problem: '' }), 'attempt-failed'],
  [failure('SSH_PROTOCOL_ERROR', { host: '', problem: '' }), 'attempt-failed'],
  [failure('HOST_KEY_MISMATCH', { host: '', offered: '', trusted: '' }), 'given-up'],
  [failure('SIGN_IN_REQUIRED', { host: '', why: '' }), 'given-up'],
])('%s when connecting again means: %s', (failed, event) => {
  expect(failedAttemptOf(failed)).toBe(event);
});
