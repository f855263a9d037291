import fc from 'fast-check';
import type { Destination } from '../../../helper/ssh/config/destination.ts';
import { variable } from './bothResolvers.ts';

/** A home's OpenSSH configuration, `.ssh/config` and the files it may include, and what to resolve with it. */
export interface GeneratedConfig {
  readonly files: Readonly<Record<string, string>>;
  readonly destination: Destination;
}

const hosts = ['a', 'b', 'ab', 'c.d', 'A', 'x.y.example', '10.1', '::1'];

const pathValues = fc.constantFrom(
  ...[
    '~/k',
    '/k',
    '/k2',
    '"/with blank"',
    "'/with blank'",
    '/a\\ b',
    '%d/.ssh/%h-%n',
    '/%r@%p',
    'none',
    'relative',
    '/k#1',
  ],
);

const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  HostName: fc.constantFrom('real', 'Real', '%h.example', 'b', 'a', '10.2', '"c.d"', 'x%%y', '0:0::1'),
  User: fc.constantFrom('me', 'you', '"a b"', '\'q\'"r"', 'back\\\\slash', 'root', 'x#y'),
  Port: fc.oneof(fc.integer({ min: 1, max: 65_535 }).map(String), fc.constantFrom('022', '"+5"', "' 6'")),
  IdentityFile: pathValues,
  IdentityFile2: pathValues,
  CertificateFile: pathValues,
  IdentitiesOnly: fc.constantFrom('yes', 'no', 'TRUE', 'false'),
  IdentityAgent: fc.constantFrom(
    ...[
      'none',
      'SSH_AUTH_SOCK',
      '$ZZ',
      '~/agent',
      `${variable('HOME')}/agent`,
      '%d/%h-%n-%p-%r-%u-%k',
      '"/with blank"',
      '/p%%q',
    ],
  ),
  PubkeyAuthentication: fc.constantFrom('yes', 'No', 'true', 'unbound', 'host-bound'),
  DSAAuthentication: fc.constantFrom('yes', 'no'),
  PreferredAuthentications: fc.constantFrom('publickey', 'password,publickey', '"keyboard-interactive"'),
  PubkeyAcceptedAlgorithms: fc.constantFrom(
    ...['ssh-ed25519', '+ssh-rsa', '-rsa-*', '^ssh-*', 'ecdsa-*,ssh-rsa', '"*"', '-*,!ssh-ed25519', '+ssh-dss,ssh-dss'],
  ),
  PubkeyAcceptedKeyTypes: fc.constantFrom('ssh-rsa', '-ssh-ed25519'),
  UserKnownHostsFile: fc.constantFrom(
    ...[
      'none',
      'NONE',
      '/a /b',
      '~/.ssh/kh_%h',
      '"/with blank" /b',
      '/k%%h-%n-%k-%r /b # c',
      '# c',
      `${variable('HOME')}/h`,
    ],
    ...['/a none', '/%Z', '""'],
  ),
  HostKeyAlias: fc.constantFrom('alias', 'Cluster.Example', '"quoted"'),
  ProxyJump: fc.constantFrom(
    ...['none', 'None', 'j', 'u@j:2222', 'ssh://u@j/,k', '[::2]:22', 'j # c', 'j,u@k', '1.2.3.4', '= j', 'none,j'],
  ),
  ProxyCommand: fc.constantFrom('none', 'nc %h %p', '"/a b" # x', "sh -c 'x'", '== y', 'NONE'),
  IgnoreUnknown: fc.constantFrom('Foo*', 'bar,FOO?AZ', 'X'),
};

/** Not used by the core, which therefore does not judge their values. */
const unusedValues: Readonly<Record<string, fc.Arbitrary<string>>> = {
  ForwardAgent: fc.constantFrom('yes', 'no'),
  SendEnv: fc.constantFrom('LC_*', 'A B'),
  UserKnownHostsFile: fc.constantFrom('a b', 'none'),
  ServerAliveInterval: fc.constantFrom('5', '1m'),
};

const setting = fc.oneof(
  { weight: 9, arbitrary: settingOf(values, anyCase) },
  { weight: 1, arbitrary: settingOf(unusedValues, fc.constant) },
);

const hostPattern = fc.constantFrom(
  ...[
    'a',
    'b',
    'a*',
    '*',
    '?',
    '??',
    '!a',
    '!b*',
    '*.example',
    'real',
    '"c d"',
    'c.d',
    'A',
    'a,b',
    '10.*',
    '*::1',
    '!*.*',
  ],
);
const hostLine = fc
  .tuple(anyCase('Host'), fc.array(hostPattern, { minLength: 1, maxLength: 3 }))
  .chain(([name, patterns]) => written(name, patterns.join(' ')));

const list = fc.array(fc.constantFrom('a', 'b', '*', 'Real', '!a', 'x.*', 'me', 'root', '!root', '?', 'b.example'), {
  minLength: 1,
  maxLength: 3,
});
const criterion = fc.oneof(
  fc.tuple(fc.constantFrom('', '', '', '!'), anyCase('final')).map(([negation, name]) => `${negation}${name}`),
  fc.constantFrom('canonical', '!canonical'),
  fc
    .tuple(fc.constantFrom('', '', '!'), fc.constantFrom('host', 'originalhost', 'user', 'localuser', 'Host'), list)
    .chain(([negation, name, patterns]) =>
      fc.constantFrom(' ', '=', ' = ').map((separator) => `${negation}${name}${separator}${patterns.join(',')}`),
    ),
  fc.constantFrom('host "a"', 'user "me"', 'originalhost x"y"'),
);
const matchLine = fc
  .oneof(
    { weight: 1, arbitrary: fc.constantFrom('all', '!all', 'final all') },
    { weight: 6, arbitrary: fc.array(criterion, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' ')) },
  )
  .chain((criteria) => anyCase('Match').chain((name) => written(name, criteria)));

/** Of these lines most are refused. */
const fault = fc.oneof(
  fc.constantFrom(
    'Nonsense x',
    'FooBaz x',
    'Port x',
    'User "',
    'User',
    'Match',
    'Port 1 2',
    'Host ""',
    `IdentityAgent ${variable('NO')}`,
  ),
  fc
    .tuple(fc.constantFrom('User ', 'Host ', 'Match ', 'ProxyJump ', 'ProxyCommand ', ''), anyText())
    .map((parts) => parts.join('')),
);
const comment = fc.constantFrom('', '  ', '# c', '\t#Host *', '\r');

function lines(includes: readonly string[]): fc.Arbitrary<string> {
  const includeLine = fc
    .tuple(
      anyCase('Include'),
      fc.array(fc.constantFrom(...includes, 'missing', 'missing*'), { minLength: 1, maxLength: 2 }),
    )
    .chain(([name, paths]) => written(name, paths.join(' ')));
  const line = fc.oneof(
    { weight: 150, arbitrary: setting },
    { weight: 40, arbitrary: hostLine },
    { weight: 40, arbitrary: matchLine },
    { weight: includes.length === 0 ? 0 : 30, arbitrary: includeLine },
    { weight: 20, arbitrary: comment },
    { weight: 3, arbitrary: fault },
  );
  return fc.array(line, { maxLength: 14 }).map((all) => all.join('\n'));
}

/** Configurations with several blocks and included files, odd in spacing, case and quotes; a few are malformed. */
export const generatedConfigs: fc.Arbitrary<GeneratedConfig> = fc.record({
  files: fc.record({
    '.ssh/config': lines(['one', '"two words"', '~/.ssh/d/*.conf', 'd/?.conf', 'on[a-e]']),
    '.ssh/one': lines(['"two words"', 'd/*']),
    '.ssh/two words': lines(['d/b.conf']),
    '.ssh/d/a.conf': lines([]),
    '.ssh/d/b.conf': lines([]),
  }),
  destination: fc.record(
    {
      host: fc.constantFrom(...hosts),
      user: fc.constantFrom('me', 'root', 'o@ther'),
      port: fc.constantFrom(22, 2222),
    },
    { requiredKeys: ['host'] },
  ),
});

function settingOf(table: typeof values, spelling: (keyword: string) => fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .constantFrom(...Object.entries(table))
    .chain(([keyword, value]) => fc.tuple(spelling(keyword), value))
    .chain(([name, text]) => written(name, text));
}

function anyCase(keyword: string): fc.Arbitrary<string> {
  return fc.constantFrom(keyword, keyword, keyword.toLowerCase(), keyword.toUpperCase(), `"${keyword}"`);
}

function written(keyword: string, value: string): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom('', '  ', '\t', ' \t '),
      fc.constantFrom(' ', '  ', '\t', '=', ' = ', '= '),
      fc.constantFrom('', '', ' ', '\t', '\r', ' \f'),
    )
    .map(([indent, separator, end]) => `${indent}${keyword}${separator}${value}${end}`);
}

/** Without `[]`, which as a host OpenSSH takes for an empty name; here that is refused. */
function anyText(): fc.Arbitrary<string> {
  const characters = [...'ab1 \t"\'\\#=,:@/[]*?!%', 'host', 'user', 'all', '//'];
  return fc
    .array(fc.constantFrom(...characters), { maxLength: 10 })
    .map((parts) => parts.join('').replaceAll('[]', ''));
}
