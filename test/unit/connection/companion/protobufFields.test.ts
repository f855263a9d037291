import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lengthDelimitedFields, ProtobufError } from '../../../../helper/connection/companion/protobufFields.ts';

const number = fc.integer({ min: 1, max: 536_870_911 });
const field = fc.oneof(
  fc.record({ kind: fc.constant('bytes' as const), number, value: fc.uint8Array({ maxLength: 300 }) }),
  fc.record({ kind: fc.constant('varint' as const), number, value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  fc.record({ kind: fc.constant('fixed32' as const), number, value: fc.nat() }),
  fc.record({ kind: fc.constant('fixed64' as const), number, value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
);
type Field = typeof field extends fc.Arbitrary<infer T> ? T : never;

describe('what is read', () => {
  test('is what a protobuf library wrote, numbers left out', () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 8 }), (fields) => {
        const expected = new Map(fields.flatMap((each) => (each.kind === 'bytes' ? [[each.number, each.value]] : [])));
        const read = lengthDelimitedFields(write(fields));
        expect(new Map([...read].map(([key, value]) => [key, new Uint8Array(value)]))).toEqual(expected);
      }),
    );
  });

  test('is nothing for an empty message', () => {
    expect(lengthDelimitedFields(Buffer.alloc(0)).size).toBe(0);
  });
});

describe('what is refused', () => {
  test.each([
    ['a length beyond the end', '0a05616263'],
    ['a tag without a value', '0a'],
    ['a number that does not end', '08ff'],
    ['a number of more than ten bytes', `08${'ff'.repeat(11)}01`],
    ['a wire type that there is not', '0f00'],
    ['a group', '0b0c'],
  ])('%s', (_, hex) => {
    expect(() => lengthDelimitedFields(Buffer.from(hex, 'hex'))).toThrow(ProtobufError);
  });

  test('any bytes are read or refused, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        try {
          lengthDelimitedFields(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(ProtobufError);
        }
      }),
    );
  });
});

function write(fields: readonly Field[]): Buffer {
  const writer = new BinaryWriter();
  for (const { kind, number: id, value } of fields) {
    switch (kind) {
      case 'bytes':
        writer.tag(id, WireType.LengthDelimited).bytes(value);
        break;
      case 'varint':
        writer.tag(id, WireType.Varint).uint64(value);
        break;
      case 'fixed32':
        writer.tag(id, WireType.Bit32).fixed32(value);
        break;
      case 'fixed64':
        writer.tag(id, WireType.Bit64).fixed64(value);
        break;
    }
  }
  return Buffer.from(writer.finish());
}
