import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isExempt, splitNoProxy } from '../../../../helper/platform/network/proxy/noProxy.ts';

describe('NO_PROXY, as curl reads it', () => {
  test.each([
    ['*', 'anything.example', true],
    ['example.com', 'example.com', true],
    ['example.com', 'EXAMPLE.com.', true],
    ['example.com', 'ws.example.com', true],
    ['.example.com', 'ws.example.com', true],
    ['*.example.com', 'ws.example.com', true],
    ['example.com', 'notexample.com', false],
    ['example.com:443', 'example.com', true],
    ['example.com:8443', 'example.com', false],
    ['10.0.0.7', '10.0.0.7', true],
    ['10.0.0.7', '10.0.0.70', false],
    ['10.0.0.0/8', '10.9.8.7', true],
    ['10.0.0.0/8', '11.9.8.7', false],
    ['10.0.0.0/', '10.0.0.0', false],
    ['10.0.0.0/33', '10.0.0.0', false],
    ['::1', '::1', true],
    ['[::1]:443', '::1', true],
    ['[::1]:80', '::1', false],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', '10.0.0.1', false],
    ['127.0.0.1', 'localhost', false],
    ['', 'example.com', false],
    ['.', 'example.com', false],
  ])('%s for %s: %s', (entry, host, expected) => {
    expect(isExempt(host, 443, [entry])).toBe(expected);
  });

  test('commas and blanks separate', () => {
    expect(splitNoProxy(' a.example,b.example\tc.example ,, ')).toEqual(['a.example', 'b.example', 'c.example']);
  });

  test('any list gives an answer, and a domain holds exactly for what is below it', () => {
    const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,6}[a-z0-9])?$/);
    const domain = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.'));
    fc.assert(
      fc.property(domain, label, fc.array(fc.string()), (name, below, rubbish) => {
        expect(typeof isExempt(name, 443, rubbish)).toBe('boolean');
        expect(isExempt(`${below}.${name}`, 443, [name])).toBe(true);
        expect(isExempt(`${below}${name}`, 443, [name])).toBe(false);
      }),
    );
  });
});
