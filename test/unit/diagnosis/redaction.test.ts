import { expect, test } from 'vitest';
import { redaction } from '../../../helper/diagnosis/bundle/redaction.ts';

const redact = redaction({ home: '/home/nobody-here', hostname: 'gitpod.test', redactHosts: true });

test.each([
  ['gitpod.test is 10.0.0.1 (1 ms)', '[host] is [address] (1 ms)'],
  ['gitpod.test is 2001:db8::1, fe80::5054:ff:fe12:3456%eth0', '[host] is [address], [address]%eth0'],
  ['connect ECONNREFUSED [2001:db8:0:1::2]:22', 'connect ECONNREFUSED [[address]]:22'],
])('addresses of either kind are taken out of %j', (text, left) => {
  expect(redact(text)).toBe(left);
});

test.each(['2026-11-25T11:12:13.123Z at 11:12:13', 'Foo::bar()', 'SHA256:abc:def', '"port":22,"x":1'])(
  'what is no address stays: %j',
  (text) => {
    expect(redact(text)).toBe(text);
  },
);
