import { describe, expect, test } from 'vitest';
import { errorWith, resolveWith } from '../../../support/ssh/bothResolvers.ts';

const nothing = { proxyJump: undefined, proxyCommand: undefined };
const jump = (proxyJump: string) => ({ ...nothing, proxyJump });
const command = (proxyCommand: string) => ({ ...nothing, proxyCommand });

test.each([
  ['ProxyJump none\nProxyJump j\n', nothing],
  ['ProxyJump NONE\nProxyCommand c\nProxyJump j\n', command('c')],
  ['ProxyCommand c\nProxyJump j\n', command('c')],
  ['ProxyJump j\nProxyCommand c\n', jump('j')],
  ['ProxyCommand none\nProxyJump j\n', nothing],
  ['ProxyCommand NONE\nProxyCommand c\n', nothing],
  ['ProxyJump none # c\nProxyCommand c\n', nothing],
])('of the proxies the first counts: %j', async (text, expected) => {
  expect(await resolveWith(text, 'a')).toMatchObject(expected);
});

test.each([
  ['nc %h %p # x', 'nc %h %p # x'],
  ['"/a b/nc" \'x\'', '"/a b/nc" \'x\''],
  ['== nc', 'nc'],
  ['none # x', 'none # x'],
])('ProxyCommand %s', async (text, expected) => {
  expect(await resolveWith(`ProxyCommand ${text}\n`, 'a')).toMatchObject(command(expected));
});

test.each([
  ['j', 'j'],
  ['= j', 'j'],
  ['j # c', 'j'],
  ['j#c', 'j'],
  ['u@j:2222,v@k', 'u@j:2222,v@k'],
  ['ssh://u@h:22', 'u@h:22'],
  ['ssh://h/,ssh://u%20x@k', 'ssh://h/,u x@k'],
  ['[::1]:33', '[::1]:33'],
  ['1.2.3.4', '[1.2.3.4]'],
  ['[j]:', 'j'],
  ['none,j', 'none,j'],
  ['j , k', 'j'],
  ['u@other@j', 'u@other@j'],
])('ProxyJump %s', async (text, expected) => {
  expect(await resolveWith(`ProxyJump ${text}\n`, 'a')).toMatchObject(jump(expected));
});

describe('refused', () => {
  test.each(['u@', '@j', 'j,', ',j', 'j/k', 'j:0', 'j:22:33', '# x', 'ssh://j/x', 'ssh://[::1]', '[j', 'j:x:'])(
    'ProxyJump %s, in blocks of other hosts as well',
    async (text) => {
      const error = await errorWith(`Host other\nProxyJump ${text}\n`);
      expect(error).toMatchObject({ line: 2, message: expect.stringContaining('Invalid ProxyJump') });
    },
  );

  test('a jump through the destination itself', async () => {
    expect((await errorWith('ProxyJump me@a:22\nUser me\n')).message).toContain('jumphost loop');
    expect(await resolveWith('ProxyJump you@a\nUser me\n', 'a')).toMatchObject(jump('you@a'));
  });

  test('a command with unbalanced quotes', async () => {
    expect(await errorWith("ProxyCommand it's\n")).toMatchObject({ line: 1 });
  });
});
