import { describe, expect, test } from 'vitest';
import { parsePreflightLog } from '../../../../helper/ssh/openssh/preflightLog.ts';

// Situations that a test cannot bring about with a real ssh; the lines are those of OpenSSH 9.2.

function attemptsIn(...lines: readonly string[]) {
  return parsePreflightLog(lines.join('\r\n')).attempts;
}

describe('attempts', () => {
  test('of default key files that are not there are none', () => {
    expect(
      attemptsIn(
        'debug1: Trying private key: /h/.ssh/id_rsa',
        'debug3: no such identity: /h/.ssh/id_rsa: No such file or directory',
        'debug1: Trying private key: /h/.ssh/id_ecdsa',
        'debug3: no such identity: /h/.ssh/id_ecdsa: No such file or directory',
        'debug2: we did not send a packet, disable method',
      ),
    ).toEqual([]);
  });

  test('with a key that the agent will not use', () => {
    expect(
      attemptsIn(
        'debug1: Offering public key: my key, w\\303\\266rk ED25519 SHA256:abc agent',
        'debug1: Server accepts key: my key, w\\303\\266rk ED25519 SHA256:abc agent',
        'sign_and_send_pubkey: signing failed for ED25519 "my key" from agent: agent refused operation',
        'debug1: No more authentication methods to try.',
      ),
    ).toEqual([
      { name: 'my key, wörk', isInAgent: true, type: 'ED25519', fingerprint: 'SHA256:abc', outcome: 'not-signed' },
    ]);
  });

  test('with a key that serves but is not enough', () => {
    const log = parsePreflightLog(
      [
        'debug1: Offering public key: /k ED25519 SHA256:abc explicit',
        'debug1: Server accepts key: /k ED25519 SHA256:abc explicit',
        'Authenticated using "publickey" with partial success.',
        'debug1: Authentications that can continue: password',
      ].join('\n'),
    );
    expect(log).toMatchObject({
      reached: 'authenticating',
      methodsThatCanContinue: ['password'],
      attempts: [{ outcome: 'authenticated' }],
    });
  });

  test('of which the log ends are unanswered', () => {
    const offering = 'debug1: Offering public key: /k ED25519 SHA256:abc explicit';
    const accepted = 'debug1: Server accepts key: /k ED25519 SHA256:abc explicit';
    expect(attemptsIn(offering)).toMatchObject([{ outcome: 'unanswered' }]);
    expect(attemptsIn(offering, accepted)).toMatchObject([{ outcome: 'unanswered' }]);
  });
});

test('an empty log tells nothing', () => {
  expect(parsePreflightLog('')).toEqual({
    reached: 'nothing',
    attempts: [],
    methodsThatCanContinue: [],
    hostKeyFingerprint: undefined,
    messages: [],
  });
});
