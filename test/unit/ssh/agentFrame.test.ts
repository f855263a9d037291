import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SshKeyFormatError } from '../../../helper/ssh/errors.ts';
import {
  identitiesRequest,
  MAX_AGENT_MESSAGE_BYTES,
  parseIdentitiesAnswer,
  parseSignResponse,
  signRequest,
  takeMessage,
} from '../../../helper/ssh/identities/agentFrame.ts';
import { SshWireReader, sshString, sshUint32 } from '../../../helper/ssh/identities/sshWire.ts';
import { keyBlobs } from './keys.ts';

const bytes = fc.uint8Array().map((array) => Buffer.from(array));

describe('messages of the agent', () => {
  test('are taken when whole, wherever they were cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), bytes, fc.nat(), (content, more, cut) => {
        const message = Buffer.from(content);
        const framed = sshString(message);
        expect(takeMessage(Buffer.concat([framed, more]))).toEqual(message);
        expect(takeMessage(framed.subarray(0, cut % framed.length))).toBeUndefined();
      }),
    );
  });

  test.each([0, MAX_AGENT_MESSAGE_BYTES + 1, 0xffffffff])('of %i bytes are refused at once', (length) => {
    expect(() => takeMessage(sshUint32(length))).toThrow(SshKeyFormatError);
  });

  test('that list identities give every key and comment', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(keyBlobs, fc.string({ unit: 'grapheme' }))), (entries) => {
        const body = entries.map(([{ blob }, comment]) => Buffer.concat([sshString(blob), sshString(comment)]));
        const answer = parseIdentitiesAnswer(Buffer.concat([Buffer.of(12), sshUint32(entries.length), ...body]));
        const value = entries.map(([{ type, blob }, comment]) => ({ type, blob, comment }));
        expect(answer).toEqual({ kind: 'answer', value });
      }),
    );
  });

  test('of any content parse or fail with the typed error', () => {
    fc.assert(
      fc.property(fc.constantFrom(5, 12, 14, 99), bytes, (number, rest) => {
        for (const parse of [parseIdentitiesAnswer, parseSignResponse]) {
          try {
            parse(Buffer.concat([Buffer.of(number), rest]));
          } catch (error) {
            expect(error).toBeInstanceOf(SshKeyFormatError);
          }
        }
      }),
    );
  });

  test('failure is told apart from an answer', () => {
    expect(parseSignResponse(Buffer.of(5))).toEqual({ kind: 'failure' });
  });
});

test('requests are framed', () => {
  expect(identitiesRequest().toString('hex')).toBe('000000010b');
  const message = takeMessage(signRequest(Buffer.from('blob'), Buffer.from('data'), 4)) ?? Buffer.alloc(0);
  const reader = new SshWireReader(message);
  expect(reader.readByte()).toBe(13);
  expect([reader.readString().toString(), reader.readString().toString(), reader.readUint32()]).toEqual([
    'blob',
    'data',
    4,
  ]);
  reader.expectEnd();
});
