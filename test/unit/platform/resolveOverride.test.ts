import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { overriddenAddress, parseResolveOverride } from '../../../helper/platform/network/resolveOverride.ts';

const resolve = (text: string, host: string) => overriddenAddress(host, [parseResolveOverride(text)]);

describe('a pattern list as in ssh_config(5)', () => {
  test.each([
    ['*.ws.example.test=10.0.0.7', 'id.ws.example.test', '10.0.0.7'],
    ['*.ws.example.test=10.0.0.7', 'id.ssh.ws.example.test', '10.0.0.7'],
    ['*.ws.example.test=10.0.0.7', 'ws.example.test', undefined],
    ['*.ws.example.test=10.0.0.7', 'id.ws.example.test.evil', undefined],
    ['*.WS.example.test=10.0.0.7', 'ID.ws.EXAMPLE.test', '10.0.0.7'],
    ['example.test,*.example.test=::1', 'example.test', '::1'],
    ['a?.test=127.0.0.1', 'ab.test', '127.0.0.1'],
    ['a?.test=127.0.0.1', 'a.test', undefined],
    ['*.test,!api.test=127.0.0.1', 'api.test', undefined],
    ['*.test,!api.test=127.0.0.1', 'web.test', '127.0.0.1'],
    ['!api.test=127.0.0.1', 'web.test', undefined],
    ['*=[::1]', 'anything', '::1'],
    ['a.c=127.0.0.1', 'abc', undefined],
  ])('%s for %s is %s', (text, host, address) => {
    expect(resolve(text, host)).toBe(address);
  });

  test('the first that matches wins', () => {
    const overrides = ['a.test=10.0.0.1', '*.test=10.0.0.2'].map(parseResolveOverride);
    expect(overriddenAddress('a.test', overrides)).toBe('10.0.0.1');
    expect(overriddenAddress('b.test', overrides)).toBe('10.0.0.2');
  });
});

test.each(['', '=', 'a.test', 'a.test=', '=127.0.0.1', ',=127.0.0.1', 'a.test=localhost', 'a.test=1.2.3.4.5'])(
  '%j is refused',
  (text) => {
    expect(() => parseResolveOverride(text)).toThrow(SyntaxError);
  },
);

test('a name without wildcards matches itself and nothing else', () => {
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
  const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
  fc.assert(
    fc.property(name, name, (pattern, host) => {
      expect(resolve(`${pattern}=127.0.0.1`, host) !== undefined).toBe(pattern === host);
    }),
  );
});
