import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  includeLine,
  includePlace,
  newFileWithInclude,
  withInclude,
  withoutInclude,
} from '../../../../helper/ssh/openssh/includeLine.ts';

const line = includeLine('/home/ü ser/.helper/config');

function put(text: string): string {
  return withInclude(Buffer.from(text), line).toString();
}

function takeOut(text: string): string {
  const left = withoutInclude(Buffer.from(text), line);
  if (left.kind !== 'edited') throw new Error(`expected an edited file, not ${left.kind}`);
  return left.bytes.toString();
}

test('the line is quoted, and glob characters are matched by what glob has for them', () => {
  expect(line).toBe('Include "/home/ü ser/.helper/config"');
  expect(includeLine('/a*b[c]?"\\%$d')).toBe('Include "/a?b?c]?????d"');
});

describe('putting it in', () => {
  test.each([
    ['an empty file', '', `${line}\n`],
    ['before everything else', 'Host a\n  Port 1\n', `${line}\nHost a\n  Port 1\n`],
    ['a file without a last line end', 'Host a', `${line}\nHost a`],
    ['with the line ends of the file', 'Host a\r\n\tPort 1', `${line}\r\nHost a\r\n\tPort 1`],
    ['after a byte order mark', '\ufeffHost a\n', `\ufeff${line}\nHost a\n`],
    ['where it already is', `${line}\nHost a\n`, `${line}\nHost a\n`],
    ['where it already is, with the other line end', `${line}\r\nHost a\n`, `${line}\r\nHost a\n`],
    ['where it was moved down', `Host a\n${line}\nHost b\n`, `${line}\nHost a\nHost b\n`],
    ['beside Includes of others', `Include x\n  ${line}\nInclude y\n`, `${line}\nInclude x\n  ${line}\nInclude y\n`],
  ])('%s', (_what, before, after) => {
    expect(put(before)).toBe(after);
  });

  test('changes no byte that is not text', () => {
    const original = Buffer.from([0xff, 0xfe, 0x0a, 0x80, 0x0d, 0x00, 0x0a]);
    expect(withInclude(original, line)).toEqual(Buffer.concat([Buffer.from(`${line}\n`), original]));
  });
});

describe('taking it out', () => {
  test.each([
    ['every one of it', `${line}\nHost a\n${line}\n`, 'Host a\n'],
    ['none', 'Host a\n', 'Host a\n'],
    ['not one that is indented or has more to it', ` ${line}\n${line} x\n`, ` ${line}\n${line} x\n`],
    [
      'no block of another program, closed or not',
      `## START X\n${line}\nInclude "x"\n## END X\n## START X\nHost a\n`,
      '## START X\nInclude "x"\n## END X\n## START X\nHost a\n',
    ],
    ['at the end, without line end', `Host a\n${line}`, 'Host a\n'],
  ])('%s', (_what, before, after) => {
    expect(takeOut(before)).toBe(after);
  });

  test.each(['file', 'file-and-directory'] as const)('leaves nothing of a %s made for it', (made) => {
    expect(withoutInclude(newFileWithInclude(line, made), line)).toEqual({ kind: 'obsolete', made });
  });

  test.each(['file', 'file-and-directory'] as const)('leaves what was added to a %s made for it', (made) => {
    expect(takeOut(`${newFileWithInclude(line, made)}Host a\n`)).toBe('Host a\n');
  });

  test('leaves an empty file that was there before', () => {
    expect(takeOut(put(''))).toBe('');
  });
});

test('where it is', () => {
  expect(includePlace(Buffer.from(`\ufeff${line}\r\nHost a`), line)).toBe('first-line');
  expect(includePlace(Buffer.from(`Host a\n${line}`), line)).toBe('elsewhere');
  expect(includePlace(Buffer.from(`# ${line}`), line)).toBe('absent');
});

const anyFile = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc
    .array(fc.constantFrom('Host a', ' Port 1', '\n', '\r\n', '\r', '\ufeff', 'Include "x"', '# é', '"'), {
      maxLength: 12,
    })
    .map((parts) => Buffer.from(parts.join(''))),
);

test('for any file: put in twice is put in once, and taken out again leaves its very bytes', () => {
  fc.assert(
    fc.property(anyFile, (original) => {
      const once = withInclude(original, line);
      expect(withInclude(once, line)).toEqual(once);
      expect(includePlace(once, line)).toBe('first-line');
      expect(withoutInclude(once, line)).toEqual({ kind: 'edited', bytes: original });
    }),
  );
});
