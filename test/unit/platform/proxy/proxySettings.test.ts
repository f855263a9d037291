import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProxyUrl } from '../../../../helper/platform/network/proxy/proxy.ts';
import { type GivenProxy, proxySettings } from '../../../../helper/platform/network/proxy/proxySettings.ts';

const given = (url: string, more: Partial<GivenProxy> = {}): GivenProxy => ({
  url,
  username: '',
  password: undefined,
  noProxy: undefined,
  ...more,
});

describe('the URL of a proxy', () => {
  test.each([
    ['http://proxy.example:3128', 'http://proxy.example:3128'],
    ['http://proxy.example:3128/', 'http://proxy.example:3128'],
    ['proxy.example:3128', 'http://proxy.example:3128'],
    ['HTTP://Proxy.Example', 'http://proxy.example:80'],
    ['https://proxy.example', 'https://proxy.example:443'],
    ['socks5h://10.0.0.1', 'socks5://10.0.0.1:1080'],
    ['socks://[::1]:9050', 'socks5://[::1]:9050'],
    ['socks4a://proxy.example', 'socks4://proxy.example:1080'],
  ])('%s is %s', (text, name) => {
    expect(parseProxyUrl(text).proxy.name).toBe(name);
  });

  test('has the login decoded', () => {
    const { username, password } = parseProxyUrl('http://a%40b:p%3Aw%2Fd@proxy.example:3128');
    expect(username).toBe('a@b');
    expect(password?.reveal()).toBe('p:w/d');
  });

  test.each([
    '',
    'http://',
    'ftp://proxy.example',
    'http://proxy.example/path',
    'http://proxy:0',
    'http://a:%zz@proxy',
  ])('%j is refused', (text) => {
    expect(() => parseProxyUrl(text)).toThrow(SyntaxError);
  });

  test('is never in the message of a refusal', () => {
    const secret = fc.stringMatching(/^[a-z]{12}$/);
    fc.assert(
      fc.property(secret, fc.string(), (password, end) => {
        try {
          parseProxyUrl(`http://name:${password}@${end}`);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
          expect(String(error)).not.toContain(password);
        }
      }),
    );
  });
});

describe('which proxy is used', () => {
  test.each([
    [{}, undefined],
    [{ HTTPS_PROXY: 'a:1' }, 'http://a:1'],
    [{ HTTPS_PROXY: 'a:1', https_proxy: 'b:1' }, 'http://b:1'],
    [{ ALL_PROXY: 'socks5://a:1' }, 'socks5://a:1'],
    [{ all_proxy: 'a:1', HTTPS_PROXY: 'b:1' }, 'http://b:1'],
    [{ HTTPS_PROXY: ' ', ALL_PROXY: 'a:1' }, 'http://a:1'],
    [{ HTTP_PROXY: 'a:1', http_proxy: 'a:1' }, undefined],
  ])('of %j it is %s', (env, name) => {
    expect(proxySettings(undefined, env)?.proxy.name).toBe(name);
  });

  test('a given one counts before the environment, and an empty one is none', () => {
    const env = { HTTPS_PROXY: 'http://u:p@a:1', NO_PROXY: 'x.example' };
    expect(proxySettings(given('b:1'), env)).toMatchObject({ username: '', noProxy: ['x.example'] });
    expect(proxySettings(given('b:1', { noProxy: [] }), env)?.noProxy).toEqual([]);
    expect(proxySettings(given(''), env)).toBeUndefined();
  });

  test("the environment's name and password count for the same proxy only", () => {
    const env = { HTTPS_PROXY: 'http://u:password@a:1' };
    const same = proxySettings(given('http://a:1'), env);
    expect([same?.username, same?.password?.reveal()]).toEqual(['u', 'password']);
    expect(proxySettings(given('http://a:2'), env)).toMatchObject({ username: '', password: undefined });
  });

  test('a given one with name or password in it is refused without repeating them', () => {
    const refused = () => proxySettings(given('http://somebody:something@a:1'), {});
    expect(refused).toThrow(/HTTPS_PROXY/);
    expect(refused).not.toThrow(/somebody|something/);
  });

  test('a variable that cannot be read is named', () => {
    expect(() => proxySettings(undefined, { https_proxy: 'ftp://a' })).toThrow(
      /^in https_proxy, ftp:\/\/ is not a kind/,
    );
  });
});
