import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failure } from '../../../helper/failures.ts';
import { configureLog } from '../../../helper/log.ts';
import { DeadlineError } from '../../../helper/platform/deadline.ts';
import { failureStatus } from '../../../helper/rpc/failureStatus.ts';
import { toFailure } from '../../../helper/rpc/handle.ts';

let lines: string[];
beforeEach(() => {
  lines = [];
  configureLog({ level: 'error', sink: (line) => lines.push(line) });
});
afterEach(() => configureLog({ level: 'silent', sink: () => undefined }));

describe('what a handler throws reaches the client as a Failure', () => {
  test('a fault of our own, with the id under which the log has the cause and nothing of the cause', () => {
    const told = toFailure(new TypeError('secret detail'));
    expect(told).toMatchObject({
      code: 'INTERNAL',
      message: expect.stringMatching(/its log has the cause under "[\da-f-]{36}"/),
    });
    expect(failureStatus(told)).toMatchObject({
      code: status.INTERNAL,
      details: expect.not.stringContaining('secret'),
    });
  });

  test('a deadline that nobody has explained', () => {
    const told = toFailure(new DeadlineError('something', 3_000));
    expect(told).toMatchObject({ code: 'DEADLINE_EXCEEDED', message: 'the call did not finish within 3 s.' });
    expect(failureStatus(told).code).toBe(status.DEADLINE_EXCEEDED);
  });

  test('a call that was given up', () => {
    expect(failureStatus(toFailure(failure('CANCELLED', {}))).code).toBe(status.CANCELLED);
  });
});
