import { userInfo } from 'node:os';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Destination, parseDestination } from '../../../helper/ssh/config/destination.ts';
import { SshConfigError } from '../../../helper/ssh/errors.ts';
import { isSafe, unlessRefused } from '../../support/ssh/refusal.ts';
import { runTool } from '../../support/ssh/sshTools.ts';

/** Gives what `ssh -G` makes of each text, undefined where it refuses it. */
async function splitBySsh(texts: readonly string[]): Promise<readonly (Destination | undefined)[]> {
  const script = 'for text; do echo "text"; ssh -F none -G -- "$text" </dev/null 2>/dev/null || :; done';
  const output = await runTool('sh', ['-c', script, 'sh', ...texts]);
  return output
    .split(/^text$/m)
    .slice(1)
    .map((printed) => {
      const [, user] = /^user (.*)$/m.exec(printed) ?? [];
      const [, host] = /^host (.*)$/m.exec(printed) ?? [];
      const [, port] = /^port (.*)$/m.exec(printed) ?? [];
      if (host === undefined || user === undefined) return undefined;
      return { host, user, port: Number(port) };
    });
}

function withDefaults(destination: Destination): Destination {
  return { user: userInfo().username, port: 22, ...destination };
}

describe('split as ssh splits it', () => {
  test.each([
    ['h', { host: 'h' }],
    ['u@h', { host: 'h', user: 'u' }],
    ['a@b@h', { host: 'h', user: 'a@b' }],
    ['h:', { host: 'h:' }],
    ['h:22', { host: 'h:22' }],
    ['::1', { host: '::1' }],
    ['[::1]', { host: '[::1]' }],
    ['u@[::1]:22', { host: '[::1]:22', user: 'u' }],
    ['ssh://u@h:2/', { host: 'h', user: 'u', port: 2 }],
    ['ssh://h', { host: 'h' }],
    ['ssh://h:', { host: 'h' }],
    ['ssh://h.', { host: 'h' }],
    ['ssh://[h]:2', { host: 'h', port: 2 }],
    ['ssh://u;x=1@h', { host: 'h', user: 'u' }],
    ['ssh://u:p@h', { host: 'h', user: 'u:p' }],
    ['ssh://id%23token@h', { host: 'h', user: 'id#token' }],
    ['id#token@h', { host: 'h', user: 'id#token' }],
  ])('%s', async (text, expected) => {
    expect(parseDestination(text)).toEqual(expected);
    expect(await splitBySsh([text])).toEqual([withDefaults(expected)]);
  });
});

describe('refused as ssh refuses it', () => {
  const refused = [
    '@h',
    'ssh://',
    'ssh://@h',
    'ssh://u@h/path',
    'ssh://h:0',
    'ssh://h:x',
    'ssh://h:22:33',
    'ssh://u@h//',
  ];
  test.each([...refused, 'ssh://[::1]:22', 'ssh://a@b@h', 'ssh://u%zz@h', 'ssh://h..x', 'a;b', 'a b', '$(x)'])(
    '%s',
    async (text) => {
      expect(() => parseDestination(text)).toThrow(SshConfigError);
      expect(await splitBySsh([text])).toEqual([undefined]);
    },
  );
});

test('any text is split as ssh splits it, or refused: where ssh refuses it, or where what ssh makes of it is not safe', async () => {
  const piece = fc.oneof(
    fc.constantFrom('ssh://', '@', ':', '[', ']', '::1', '/', '%41', '%', '+', ';', '.', '22', 'a', 'h.x', '-', '_'),
    fc.string({ maxLength: 2, unit: 'grapheme-ascii' }),
  );
  const text = fc
    .tuple(fc.constantFrom('', 'ssh://', 'ssh://u@', 'u@'), fc.array(piece, { minLength: 1, maxLength: 6 }))
    .map(([start, pieces]) => start + pieces.join(''));
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 50, maxLength: 50 }), async (texts) => {
      const oracle = await splitBySsh(texts);
      for (const [index, written] of texts.entries()) {
        const ours = unlessRefused(() => parseDestination(written));
        const theirs = oracle[index];
        if (ours !== undefined) expect(withDefaults(ours), written).toEqual(theirs);
        else if (theirs !== undefined) expect(isSafe(theirs), written).toBe(false);
      }
    }),
    { numRuns: 10, endOnFailure: true },
  );
});
