import { describe, expect, test } from 'vitest';
import { parseSshG } from '../../../../helper/ssh/config/sshG.ts';
import { deviationsBetween, deviationsFrom } from '../../../../helper/ssh/openssh/expectedResolution.ts';

describe('differences between two outputs', () => {
  const before = parseSshG('user me\nidentityfile a\nidentityfile b\nport 22\n');

  test.each([
    ['none', 'port 22\nuser me\nidentityfile a\nidentityfile b\n', []],
    ['a value', 'user you\nidentityfile a\nidentityfile b\nport 22\n', ['user']],
    ['a value more', 'user me\nidentityfile a\nidentityfile b\nidentityfile c\nport 22\n', ['identityfile']],
    ['the order of values', 'user me\nidentityfile b\nidentityfile a\nport 22\n', ['identityfile']],
    ['a keyword less', 'user me\nidentityfile a\nidentityfile b\n', ['port']],
    ['a keyword more', 'user me\nidentityfile a\nidentityfile b\nport 22\nproxycommand x\n', ['proxycommand']],
  ])('%s', (_what, after, keywords) => {
    expect(deviationsBetween('h', before, parseSshG(after)).map(({ keyword }) => keyword)).toEqual(keywords);
  });
});

describe('differences from what is expected', () => {
  const expectation = {
    host: 'h',
    values: new Map<string, string | undefined>([
      ['identitiesonly', 'yes'],
      ['identityfile', 'a'],
      ['controlpath', undefined],
    ]),
  };

  test.each([
    ['none, with more identity files after the first', 'identitiesonly yes\nidentityfile a\nidentityfile b\n', []],
    ['none, with flags as some versions print them', 'identitiesonly true\nidentityfile a\n', []],
    ['another identity file first', 'identitiesonly yes\nidentityfile b\nidentityfile a\n', ['identityfile']],
    ['a flag', 'identitiesonly false\nidentityfile a\n', ['identitiesonly']],
    ['one that must not be there', 'identitiesonly yes\nidentityfile a\ncontrolpath /x\n', ['controlpath']],
    ['everything', '', ['identitiesonly', 'identityfile']],
  ])('%s', (_what, output, keywords) => {
    expect(deviationsFrom(expectation, parseSshG(output)).map(({ keyword }) => keyword)).toEqual(keywords);
  });
});
