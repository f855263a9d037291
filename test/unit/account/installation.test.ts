import { expect, test } from 'vitest';
import { parseInstallation } from '../../../helper/account/installation.ts';

test.each([
  ['gitpod.io', 'gitpod.io', 'https://gitpod.io'],
  ['https://gitpod.io/', 'gitpod.io', 'https://gitpod.io'],
  ['https://gitpod.io/workspaces#x', 'gitpod.io', 'https://gitpod.io'],
  [' Gitpod.IO ', 'gitpod.io', 'https://gitpod.io'],
  ['gitpod.test:8443', 'gitpod.test:8443', 'https://gitpod.test:8443'],
  ['gitpod.io:443', 'gitpod.io', 'https://gitpod.io'],
  ['gitpöd.test', 'xn--gitpd-mua.test', 'https://xn--gitpd-mua.test'],
  ['127.0.0.1:1', '127.0.0.1:1', 'https://127.0.0.1:1'],
  ['[::1]:8443', '[::1]:8443', 'https://[::1]:8443'],
  ['https://[2001:DB8::1]/path?query', '[2001:db8::1]', 'https://[2001:db8::1]'],
  ['GITPÖD.test', 'xn--gitpd-mua.test', 'https://xn--gitpd-mua.test'],
  ['gitpod.io.', 'gitpod.io', 'https://gitpod.io'],
  ['HTTPS://GITPOD.IO:443/#/start', 'gitpod.io', 'https://gitpod.io'],
])('%j is %s', (text, host, origin) => {
  expect(parseInstallation(text)).toMatchObject({ host, origin });
});

test.each([
  '',
  '   ',
  'a b',
  'http://gitpod.io',
  'ftp://gitpod.io',
  'user@gitpod.io',
  'https://',
  'gitpod.io:99999',
  '/x',
  'gitpod.io\nevil.test',
  'user:password@gitpod.io',
  'javascript:alert(1)',
  '.',
  'a'.repeat(70_000),
  `${'a.'.repeat(200)}test`,
])('%.40j is refused', (text) => {
  expect(() => parseInstallation(text)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});
