import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProcess } from '../../../../helper/platform/process.ts';
import { ProcessError } from '../../../../helper/platform/processError.ts';
import { parseKnownHosts } from '../../../../helper/ssh/hostkeys/knownHostsFile.ts';
import { entriesFor } from '../../../../helper/ssh/hostkeys/knownHostsMatch.ts';
import {
  type HostAddress,
  judgeHostKey,
  type KnownHostsVerdict,
} from '../../../../helper/ssh/hostkeys/knownHostsVerdict.ts';
import { parsePublicKeyLine } from '../../../../helper/ssh/identities/publicKey.ts';
import { type ScratchHome, scratchHome, scratchVariables } from '../../../support/ssh/scratchHome.ts';
import { makeKey } from '../../../support/ssh/sshTools.ts';
import { scratchSshd } from '../openssh/support/scratchSshd.ts';

let home: ScratchHome;
let sshd: string;
/** `type base64` of the key the server has, one of the same type and one of another. */
let ours: string;
let sameType: string;
let otherType: string;

beforeAll(async () => {
  home = scratchHome();
  const server = await makeKey(home.at('server'), { type: 'ed25519' });
  await makeKey(home.at('same'), { type: 'ed25519' });
  await makeKey(home.at('other'), { type: 'ecdsa' });
  sshd = scratchSshd(home, { hostKeys: [server] });
  [ours, sameType, otherType] = ['server', 'same', 'other'].map(keyOf) as [string, string, string];
});

afterAll(() => home[Symbol.asyncDispose]());

function keyOf(name: string): string {
  return readFileSync(home.at(`${name}.pub`), 'utf8')
    .split(' ')
    .slice(0, 2)
    .join(' ');
}

async function failureOf(program: string, args: readonly string[]): Promise<ProcessError | undefined> {
  const options = { signal: new AbortController().signal, deadlineMs: 20_000, env: scratchVariables(home.path) };
  const reason: unknown = await runProcess(program, args, options).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (reason === undefined || reason instanceof ProcessError) return reason;
  throw reason;
}

/** What a real ssh makes of the server's key. */
async function verdictOfSsh(knownHosts: string, { host, port, alias }: HostAddress): Promise<KnownHostsVerdict> {
  const options = [
    `ProxyCommand=${sshd}`,
    `UserKnownHostsFile=${home.write('known_hosts', knownHosts)}`,
    ...(alias === undefined ? [] : [`HostKeyAlias=${alias}`]),
    ...['GlobalKnownHostsFile=none', 'StrictHostKeyChecking=yes', 'BatchMode=yes', 'IdentityFile=none'],
  ].flatMap((option) => ['-o', option]);
  const failure = await failureOf('ssh', ['-F', 'none', ...options, '-p', String(port), '--', host, 'true']);
  const stderr = failure?.stderr ?? '';
  if (stderr.includes('Permission denied')) return 'trusted';
  if (stderr.includes('REVOKED HOST KEY DETECTED')) return 'revoked';
  if (stderr.includes('IDENTIFICATION HAS CHANGED')) return 'changed';
  if (stderr.includes('host key is known for')) return 'unknown';
  throw new Error(`ssh said something else: ${stderr}`);
}

function ourVerdict(knownHosts: string, address: HostAddress): KnownHostsVerdict {
  return judgeHostKey(parseKnownHosts(knownHosts).entries, address, parsePublicKeyLine(ours).blob);
}

function hashed(name: string, salt = Buffer.alloc(20, 7)): string {
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

describe('the verdict on a server’s key is that of ssh', () => {
  const plain = { host: 'a.test', port: 22 };
  const other = { host: 'a.test', port: 2222 };

  test.each<[string, () => string, HostAddress, KnownHostsVerdict]>([
    ['known', () => `a.test ${ours}\n`, plain, 'trusted'],
    ['known, without a last line end', () => `a.test ${ours}`, plain, 'trusted'],
    ['known, with CRLF', () => `# x\r\n\r\na.test ${ours}\r\n`, plain, 'trusted'],
    ['known, with a comment and tabs', () => `\ta.test\t${ours} some one\n`, plain, 'trusted'],
    ['in another case', () => `A.Test ${ours}\n`, { host: 'a.TEST', port: 22 }, 'trusted'],
    ['hashed', () => `${hashed('a.test')} ${ours}\n`, { host: 'A.test', port: 22 }, 'trusted'],
    ['by a wildcard', () => `*.test ${ours}\n`, plain, 'trusted'],
    ['by the second of two names', () => `b.test,?.test ${ours}\n`, plain, 'trusted'],
    ['kept out by a negation', () => `*.test,!a.* ${ours}\n`, plain, 'unknown'],
    ['after a wrong one', () => `a.test ${sameType}\na.test ${ours}\n`, plain, 'trusted'],
    ['only a wrong one', () => `a.test ${sameType}\n`, plain, 'changed'],
    ['only one of another type', () => `a.test ${otherType}\n`, plain, 'changed'],
    ['another type too', () => `a.test ${otherType}\na.test ${ours}\n`, plain, 'trusted'],
    ['nothing', () => '', plain, 'unknown'],
    ['another host', () => `b.test ${ours}\n`, plain, 'unknown'],
    ['revoked beats known', () => `a.test ${ours}\n@revoked * ${ours}\n`, plain, 'revoked'],
    ['another key revoked', () => `a.test ${ours}\n@revoked * ${sameType}\n`, plain, 'trusted'],
    ['an authority, for a plain key', () => `@cert-authority * ${ours}\n`, plain, 'unknown'],
    ['revoked, with a tab after the marker', () => `@revoked\ta.test ${ours}\n`, plain, 'unknown'],
    ['revoked, with nothing but tabs', () => `@revoked\ta.test\t${ours.replace(' ', '\t')}\n`, plain, 'revoked'],
    ['an unknown marker', () => `@trusted a.test ${ours}\n`, plain, 'unknown'],
    ['with its port', () => `[a.test]:2222 ${ours}\n`, other, 'trusted'],
    ['hashed, with its port', () => `${hashed('[a.test]:2222')} ${ours}\n`, other, 'trusted'],
    ['with another port', () => `[a.test]:2223 ${ours}\n`, other, 'unknown'],
    ['without its port', () => `a.test ${ours}\n`, other, 'trusted'],
    ['another key, without its port', () => `a.test ${sameType}\n`, other, 'unknown'],
    [
      'another key with, this one without its port',
      () => `[a.test]:2222 ${sameType}\na.test ${ours}\n`,
      other,
      'changed',
    ],
    ['revoked without its port', () => `@revoked a.test ${ours}\n`, other, 'revoked'],
    ['its port, for 22', () => `[a.test]:22 ${ours}\n`, plain, 'unknown'],
    ['its alias', () => `alias ${ours}\n`, { ...other, alias: 'alias' }, 'trusted'],
    ['its own name, when it has an alias', () => `a.test ${ours}\n`, { ...plain, alias: 'alias' }, 'unknown'],
    [
      'malformed lines before',
      () => `a.test\na.test ssh-ed25519\n|1|x|y ${ours}\na.test x AAAA\na.test ${ours}\n`,
      plain,
      'trusted',
    ],
    ['a key of a wrong type', () => `a.test ssh-rsa ${ours.split(' ')[1]}\n`, plain, 'unknown'],
  ])('%s', async (_what, text, address, verdict) => {
    expect({ ssh: await verdictOfSsh(text(), address), ours: ourVerdict(text(), address) }).toEqual({
      ssh: verdict,
      ours: verdict,
    });
  });
});

function keyField(kind: string, valid: string): string {
  const [type = '', base64 = ''] = valid.split(' ');
  switch (kind) {
    case 'good':
      return ` ${valid}`;
    case 'good comment':
      return `  ${type} \t${base64} a comment`;
    case 'garbage':
      return ' ssh-ed25519 AAAA!!';
    case 'wrong type':
      return ` ssh-rsa ${base64}`;
    default:
      return '';
  }
}

describe('the lines about a host', () => {
  async function linesOfKeygen(text: string, name: string): Promise<readonly number[]> {
    const file = home.write('known_hosts', text);
    const options = { signal: new AbortController().signal, deadlineMs: 20_000, env: scratchVariables(home.path) };
    const printed = await runProcess('ssh-keygen', ['-F', name, '-f', file], options).then(
      ({ stdout }) => stdout,
      (error: unknown) => (error instanceof ProcessError ? error.stdout : Promise.reject(error)),
    );
    return [...printed.matchAll(/^# Host .* found: line (\d+)/gm)].map(([, line]) => Number(line));
  }

  const names = ['a', 'ab', 'a.b', 'b', '[a]:22', '[a]:2222', 'xn--a'];
  const pattern = fc.oneof(
    fc.constantFrom(...names, 'A', '*', 'a*', '?', '*b', '[*]:2222', '[a]:*', '*.*', 'a?b', '**a', ''),
    fc.constantFrom('!a', '!*b', '!', '![a]:22'),
  );
  const hosts = fc.oneof(
    fc.array(pattern, { minLength: 1, maxLength: 4 }).map((patterns) => patterns.join(',')),
    fc.constantFrom(...names).map((name) => hashed(name)),
    fc.constantFrom('|1|x|y', '|2|a|b', '|1|'),
  );
  const line = fc
    .tuple(
      fc.constantFrom('', '', '', ' ', '\t', '#', '# '),
      fc.constantFrom('', '', '', '@revoked ', '@cert-authority\t', '@nonsense ', '@revoked'),
      hosts,
      fc.constantFrom('good', 'good', 'good', 'good comment', 'none', 'garbage', 'wrong type'),
      fc.constantFrom('\n', '\n', '\r\n', ' \n'),
    )
    .map(([indent, marker, patterns, key, end]) => ({
      hasBadKey: key === 'garbage' || key === 'wrong type',
      write: (valid: string) => `${indent}${marker}${patterns}${keyField(key, valid)}${end}`,
    }));

  test('are those that ssh-keygen -F finds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), fc.constantFrom(...names), async (lines, name) => {
        const text = lines.map(({ write }) => write(ours)).join('');
        const found = entriesFor(parseKnownHosts(text).entries, name).map((entry) => entry.line);
        // It prints lines without looking at their key, which ssh then passes over.
        const expected = (await linesOfKeygen(text, name)).filter((number) => lines[number - 1]?.hasBadKey === false);
        expect({ text, found }).toEqual({ text, found: expected });
      }),
      { numRuns: 80 },
    );
  });

  test('that are malformed are listed with their reason', () => {
    const text = `a ${ours}\n\n@x a ${ours}\nb ssh-ed25519\nc ssh-rsa AAAA!\n`;
    const { entries, malformed } = parseKnownHosts(text);
    expect(entries.map((entry) => entry.line)).toEqual([1]);
    expect(malformed).toEqual([
      { line: 3, reason: 'has the unknown marker @x' },
      { line: 4, reason: 'has no host, type and key' },
      { line: 5, reason: 'this is not base64' },
    ]);
  });

  test('are found in reasonable time, whatever the pattern', () => {
    const text = `${'*a'.repeat(400)}*b ${ours}\n`;
    expect(entriesFor(parseKnownHosts(text).entries, 'a'.repeat(1000))).toEqual([]);
  }, 5_000);
});
