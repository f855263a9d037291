import { userInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { resolveIn, resolveWith } from '../../../support/ssh/bothResolvers.ts';
import { scratchHome } from '../../../support/ssh/scratchHome.ts';

describe('patterns of Host', () => {
  test.each([
    ['Host a?', 'a', 22],
    ['Host a?', 'ab', 9],
    ['Host * !foo', 'foo', 22],
    ['Host !foo', 'bar', 22],
    ['Host a,b', 'a', 22],
    ['Host a b "c d"', 'b', 9],
    ['host a', 'a', 9],
    ['Host=a', 'a', 9],
    ['HOST\ta', 'a', 9],
    ['  host =  a  # b', 'a', 9],
    ['"Host" a', 'a', 9],
    ["Host 'c d' a", 'c', 22],
    ['Host a#b', 'a', 22],
    ['Host A', 'a', 22],
    ['Host *.b.? c', 'a.b.c', 9],
    ['Host !a*b *', 'axb', 22],
    ['Host * !a #', 'b', 9],
  ])('%s for %s', async (pattern, host, port) => {
    expect(await resolveWith(`${pattern}\n  PORT 9\n`, host)).toMatchObject({ port });
  });
});

describe('values', () => {
  test('the first value wins', async () => {
    expect(await resolveWith('Host a\nPort 1\nHost *\nPort 2\n', 'a')).toMatchObject({ port: 1 });
  });

  test('a comment ends a value, but not a ProxyCommand', async () => {
    const config = await resolveWith('Port=24 # c\r\nProxyCommand nc %h # x\r\n', 'a');
    expect(config).toMatchObject({ port: 24, proxyCommand: 'nc %h # x' });
  });

  test('an explicit user and port win over the file', async () => {
    const config = await resolveWith('User u2\nPort 8\n', { host: 'a', user: 'u1', port: 7 });
    expect(config).toMatchObject({ user: 'u1', port: 7 });
  });

  test.each([
    ['Port 022\r\n', 22],
    ['PORT = 23 # c\f\n', 23],
    ['Port " +24"\n', 24],
    ['=Port=25', 25],
    ['\t"Port" 27\n', 27],
    ['Po"rt 28\n', 22],
    ['Port 29\0 30\n', 29],
    ['\n \n#Port 30\n  # Port 31\n', 22],
  ])('written as %j', async (text, port) => {
    expect(await resolveWith(text, 'a')).toMatchObject({ port });
  });

  test.each([
    ['"a b"', 'a b'],
    ["'a b'", 'a b'],
    ['a\\ b', 'a b'],
    ['a\'b\'"c"', 'abc'],
    ['"a\\"b"', 'a"b'],
    ["'a\\'b'", "a'b"],
    ['a\\b', 'a\\b'],
    ['a#b', 'a#b'],
    ['a\\\\', 'a\\'],
    ['a\\', 'a\\'],
    ['"a" # b', 'a'],
    ['bücher', 'bücher'],
  ])('User %s', async (text, user) => {
    expect(await resolveWith(`User ${text}\n`, 'a')).toMatchObject({ user });
  });

  test.each([
    ['HostName %h.example.com\n', 'a', 'a.example.com'],
    ['HostName 100%%\n', 'a', '100%'],
    ['HostName Real.Example\n', 'a', 'real.example'],
    ['', 'A.B', 'a.b'],
    ['', '10.1', '10.0.0.1'],
    ['', '0x7f.010.3', '127.8.0.3'],
    ['', '4294967295', '255.255.255.255'],
    ['', '4294967296', '4294967296'],
    ['', '256.1.1.1', '256.1.1.1'],
    ['', '08.1', '08.1'],
    ['', '1.2.3.4.5', '1.2.3.4.5'],
    ['', '1.2.3.4.', '1.2.3.4.'],
    ['', '0:0::1', '::1'],
    ['', 'FE80::A', 'FE80::A'],
    ['', '::ffff:1.2.3.4', '::ffff:1.2.3.4'],
    ['', '[::1]:22', '[::1]:22'],
    ['HostName 10.1\n', 'a', '10.0.0.1'],
  ])('%j makes of %s the name %s', async (text, host, hostName) => {
    expect(await resolveWith(text, host)).toMatchObject({ host, hostName });
  });

  test('HostKeyAlias is in lower case', async () => {
    expect(await resolveWith('HostKeyAlias Cluster.Example\n', 'a')).toMatchObject({ hostKeyAlias: 'cluster.example' });
  });

  test.each([
    'ssh-rsa',
    'ssh-r*,ssh-ed25519',
    '+ssh-rsa,ssh-d*',
    '-ssh-ed25519,rsa-*',
    '-*',
    '^ssh-rsa,ssh-ed25519',
    'ssh-rsa,ssh-rsa,,ssh-dss',
    '*',
  ])('PubkeyAcceptedAlgorithms %s', async (list) => {
    expect(await resolveWith(`PubkeyAcceptedKeyTypes ${list}\n`, 'a')).toMatchObject({});
  });

  test('whether keys are used', async () => {
    const config = await resolveWith(
      'PubkeyAuthentication no\nPreferredAuthentications password,publickey\nIdentitiesOnly yes\n',
      'a',
    );
    expect(config).toMatchObject({
      pubkeyAuthentication: false,
      preferredAuthentications: ['password', 'publickey'],
      identitiesOnly: true,
    });
  });

  test.each([
    ['IdentitiesOnly YES\nPubkeyAuthentication Host-Bound\n', { identitiesOnly: true, pubkeyAuthentication: true }],
    ['IdentitiesOnly false\nDSAAuthentication FALSE\n', { identitiesOnly: false, pubkeyAuthentication: false }],
  ])('flags: %j', async (text, expected) => {
    expect(await resolveWith(text, 'a')).toMatchObject(expected);
  });

  test('without any configuration', async () => {
    await using home = scratchHome();
    expect(await resolveIn(home, { host: 'a' })).toMatchObject({
      user: userInfo().username,
      port: 22,
      pubkeyAuthentication: true,
      preferredAuthentications: undefined,
      identitiesOnly: false,
      certificateFiles: [],
      hostKeyAlias: undefined,
      degraded: undefined,
    });
  });
});
