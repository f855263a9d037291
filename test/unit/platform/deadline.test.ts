import { expect, test } from 'vitest';
import { Deadline, pause } from '../../../helper/platform/deadline.ts';

const tooLongForATimerMs = 4_294_967_295_000; // as many seconds as an uint32 holds

test('a deadline and a pause that are longer than any timer do not end at once', async () => {
  using deadline = new Deadline('something', tooLongForATimerMs);
  const abort = new AbortController();
  const ended = pause(tooLongForATimerMs, abort.signal).then(() => 'at once');
  const enough = pause(50, abort.signal).then(() => 'later');
  expect(await Promise.race([ended, enough])).toBe('later');
  expect(deadline.signal.aborted).toBe(false);
  abort.abort(new Error('over'));
  await expect(ended).rejects.toThrow('over');
});
