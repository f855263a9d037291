import { describe, expect, test } from 'vitest';
import { errorWith, resolveWith, variable } from '../../../support/ssh/bothResolvers.ts';

describe('refused configurations', () => {
  test.each<[string, string | Buffer, number, RegExp]>([
    ['an unbalanced quote', 'Port 22\nUser "x\n', 2, /quotes/],
    ['an unknown keyword', 'Nonsense yes\n', 1, /Bad configuration option: nonsense/],
    ['a byte order mark', Buffer.from('\ufeffPort 22\n'), 1, /Bad configuration option/],
    ['a keyword that only begins with Include', 'IncludeAll f\n', 1, /Bad configuration option: includeall/],
    ['an Include without value', 'Include\n', 1, /argument/],
    ['two values', 'Port 3 4\n', 1, /extra arguments/],
    ['an empty value', 'User ""\n', 1, /Missing argument/],
    ['a comment for a value', 'User # me\n', 1, /Missing argument/],
    ['a bad port', 'Port 65536\n', 1, /Bad port/],
    ['no port', 'Port -1\n', 1, /Bad port/],
    ['two separators', 'Port==22\n', 1, /Bad port '=22'/],
    ['a flag that is none', 'Host other\n IdentitiesOnly maybe\n', 2, /unsupported option "maybe"/],
    ['an algorithm nobody knows', 'PubkeyAcceptedAlgorithms +nonsense*\n', 1, /Bad key types/],
    ['an empty pattern', 'Host a ""\n', 1, /empty argument/],
    ['an empty Include', 'Include ""\n', 1, /empty argument/],
    ['a variable with an odd name', 'IdentityAgent "$A B"\n', 1, /Invalid environment name/],
    ['a keyword without value', 'User\nPort 3\n', 1, /argument/],
    ['a variable without value', `IdentityAgent ${variable('NOPE')}/x\n`, 1, /NOPE/],
  ])('%s', async (_what, config, line, message) => {
    const error = await errorWith(config);
    expect(error).toMatchObject({
      line,
      file: expect.stringMatching(/\/\.ssh\/config$/),
      message: expect.stringMatching(message),
    });
  });

  test('a token without value in HostName', async () => {
    expect((await errorWith('HostName %n\n')).message).toMatch(/percent_expand/);
  });

  test('an unknown keyword can be ignored', async () => {
    expect(await resolveWith('IgnoreUnknown Nonsense\nNonsense yes\nPort 3\n', 'a')).toMatchObject({ port: 3 });
  });
});
