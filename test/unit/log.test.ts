import { afterEach, beforeEach, expect, test } from 'vitest';
import { configureLog, log, recentLogLines, redactText, withLogContext } from '../../helper/log.ts';
import { Secret } from '../../helper/platform/secret.ts';

let lines: string[];
beforeEach(() => {
  lines = [];
  configureLog({ level: 'info', sink: (line) => lines.push(line) });
});
afterEach(() => configureLog({ level: 'silent', sink: () => undefined }));

test('an event is a line of JSON', () => {
  log.info('connection.phase', { count: 3 });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', event: 'connection.phase', count: 3 });
  expect(lines[0]).toMatch(/\n$/);
});

test('levels below the threshold are not written', () => {
  log.debug('connection.race_lost');
  expect(lines).toEqual([]);
});

test('errors are written with their chain of causes', () => {
  log.error('connection.internal', { error: new Error('outer', { cause: new TypeError('inner') }) });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    error: { name: 'Error', message: 'outer', cause: { name: 'TypeError', message: 'inner' } },
  });
});

test('a secret is never written, whichever way it comes', () => {
  const secret = new Secret('hunter2-hunter2');
  log.info('connection.phase', {
    secret,
    nested: { value: secret },
    text: `quoted: ${secret.reveal()}`,
    password: 'short',
  });
  expect(lines[0]).not.toContain('hunter2');
  expect(lines[0]).not.toContain('short');
  expect(`${secret}`).toBe('[redacted]');
});

test.each([
  ['gitpod_pat_abc-DEF.ghi_123', 'ghi_123'],
  ['Authorization: Bearer 0123456789abcdef', '0123456789abcdef'],
  ['acme-app-ab12cd34ef5#Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6@host', 'Zm9vYmFyYmF6cXV4'],
  ['tcp://127.0.0.1:1#jt=6f2a-77&p=IU', '6f2a-77'],
])('%s loses its secret', (text, secret) => {
  expect(redactText(text)).toContain('[redacted]');
  expect(redactText(text)).not.toContain(secret);
});

test('what belongs together carries the same ids, across awaits, and nothing else does', async () => {
  await withLogContext({ connection: 'c1' }, async () => {
    await withLogContext({ call: 'k1' }, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      log.info('connection.ready');
    });
    log.info('connection.ended');
  });
  log.info('transport.shutdown');
  const [inBoth, inOne, inNone] = lines.map((line) => JSON.parse(line));
  expect(inBoth).toMatchObject({ connection: 'c1', call: 'k1' });
  expect(inOne).toMatchObject({ connection: 'c1' });
  expect(inOne).not.toHaveProperty('call');
  expect(inNone).not.toHaveProperty('connection');
});

test('the last events are kept, written or not, so that a crash can tell of them; without bound they would not be', () => {
  configureLog({ level: 'silent' });
  const secret = new Secret('never-in-the-ring');
  for (let count = 0; count < 600; count++) log.info('connection.phase', { count, text: secret.reveal() });
  const kept = recentLogLines();
  expect(lines).toEqual([]);
  expect(kept).toHaveLength(500);
  expect(JSON.parse(kept.at(-1) ?? '')).toMatchObject({ event: 'connection.phase', count: 599, text: '[redacted]' });
});
