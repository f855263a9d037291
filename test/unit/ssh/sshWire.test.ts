import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SshKeyFormatError } from '../../../helper/ssh/errors.ts';
import { SshWireReader, sshMpint, sshString, sshUint32 } from '../../../helper/ssh/identities/sshWire.ts';

const bytes = (constraints: fc.IntArrayConstraints = {}) =>
  fc.uint8Array(constraints).map((array) => Buffer.from(array));

describe('what is written is read', () => {
  test('strings and numbers one after the other', () => {
    fc.assert(
      fc.property(fc.array(bytes()), fc.nat(), (strings, number) => {
        const reader = new SshWireReader(Buffer.concat([...strings.map(sshString), sshUint32(number)]));
        expect(strings.map(() => reader.readString())).toEqual(strings);
        expect(reader.readUint32()).toBe(number);
        reader.expectEnd();
      }),
    );
  });

  test('unsigned numbers of any length', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 4096n }), fc.nat({ max: 3 }), (number, leadingZeros) => {
        const hex = number.toString(16);
        const digits = Buffer.from(hex.padStart(hex.length + (hex.length % 2) + leadingZeros * 2, '0'), 'hex');
        const encoded = sshMpint(digits);
        const read = new SshWireReader(encoded).readUnsignedMpint();
        expect(BigInt(`0x0${read.toString('hex')}`)).toBe(number);
        expect(sshMpint(read)).toEqual(encoded);
      }),
    );
  });

  // The examples of RFC 4251 §5.
  test.each([
    ['', '00000000'],
    ['09a378f9b2e332a7', '0000000809a378f9b2e332a7'],
    ['80', '000000020080'],
  ])('mpint of 0x%s', (number, encoded) => {
    expect(sshMpint(Buffer.from(number, 'hex')).toString('hex')).toBe(encoded);
  });
});

describe('what comes from outside', () => {
  test('any bytes either read or fail with the typed error', () => {
    const steps = ['readByte', 'readUint32', 'readString', 'readName', 'readUnsignedMpint', 'expectEnd'] as const;
    fc.assert(
      fc.property(bytes(), fc.array(fc.constantFrom(...steps)), (input, calls) => {
        const reader = new SshWireReader(input);
        try {
          for (const call of calls) reader[call]();
        } catch (error) {
          expect(error).toBeInstanceOf(SshKeyFormatError);
        }
      }),
    );
  });

  test('every cut of a string is too short', () => {
    fc.assert(
      fc.property(bytes(), fc.nat(), (content, cut) => {
        const whole = sshString(content);
        const reader = new SshWireReader(whole.subarray(0, cut % whole.length));
        expect(() => reader.readString()).toThrow(SshKeyFormatError);
      }),
    );
  });

  test('a negative number is refused', () => {
    expect(() => new SshWireReader(sshString(Buffer.of(0x80))).readUnsignedMpint()).toThrow('negative');
  });

  test.each(['', 'a b', 'a\0', 'ä', 'x'.repeat(65)])('%j is no name', (name) => {
    expect(() => new SshWireReader(sshString(name)).readName()).toThrow(SshKeyFormatError);
  });
});
