import { describe, expect, test } from 'vitest';
import { assertSafeDestination } from '../../../helper/ssh/config/destination.ts';
import { resolveHostConfig } from '../../../helper/ssh/config/hostConfig.ts';
import { openSshEnvironment } from '../../../helper/ssh/config/openSsh.ts';
import { SshConfigError } from '../../../helper/ssh/errors.ts';

describe('accepted', () => {
  test.each(['a', 'ws-1.ssh.eu.example.org', '10.0.0.1', '::1', 'fe80::1%eth0', 'with_underscore', 'bücher.example'])(
    'host %s',
    (host) => {
      expect(() => assertSafeDestination({ host })).not.toThrow();
    },
  );

  test.each(['root', 'id#token', 'DOMAIN\\user', 'first.last@example.org', 'a-b'])('user %s', (user) => {
    expect(() => assertSafeDestination({ host: 'a', user, port: 65535 })).not.toThrow();
  });
});

describe('refused', () => {
  const hosts = [
    '',
    '-oProxyCommand=x',
    'a b',
    'a\n',
    'a\0',
    'u@h',
    'ssh://h',
    'a/b',
    "a'b",
    'a"b',
    'a`b',
    '$(x)',
    'a;b',
    'a|b',
    'a&b',
    '*',
  ];
  test.each(hosts)('host %j', (host) => {
    expect(() => assertSafeDestination({ host })).toThrow(SshConfigError);
  });

  test.each(['', '-l', 'a b', 'a\tb', "a'b", 'a"b', 'a`b', 'a;b', '$x', 'a\\'])('user %j', (user) => {
    expect(() => assertSafeDestination({ host: 'a', user })).toThrow(SshConfigError);
  });

  test.each([0, -1, 65536, 1.5, Number.NaN])('port %d', (port) => {
    expect(() => assertSafeDestination({ host: 'a', port })).toThrow(SshConfigError);
  });

  test('before anything runs', async () => {
    const environment = { ...openSshEnvironment(), sshPath: '/nonexistent/ssh' };
    const signal = new AbortController().signal;
    await expect(resolveHostConfig({ host: '-x' }, environment, { signal })).rejects.toThrow('is not a host name');
  });
});
