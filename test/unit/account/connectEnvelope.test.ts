import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Envelope,
  EnvelopeError,
  encodeEnvelope,
  readEnvelopes,
} from '../../../helper/account/publicApi/connectEnvelope.ts';

const limit = 1_000;

async function read(chunks: readonly Buffer[]): Promise<Envelope[]> {
  async function* body() {
    yield* chunks;
  }
  const envelopes = [];
  for await (const envelope of readEnvelopes(body(), limit)) envelopes.push(envelope);
  return envelopes;
}

test('messages are read as they were written, however the stream is cut', async () => {
  const payload = fc.uint8Array({ maxLength: limit });
  await fc.assert(
    fc.asyncProperty(fc.array(payload, { maxLength: 8 }), fc.array(fc.nat(200)), async (payloads, cuts) => {
      const bytes = Buffer.concat(payloads.map(encodeEnvelope));
      const chunks: Buffer[] = [];
      let start = 0;
      for (const cut of cuts) {
        chunks.push(bytes.subarray(start, start + cut));
        start += cut;
      }
      chunks.push(bytes.subarray(start));
      const envelopes = await read(chunks);
      expect(envelopes.map(({ payload: each }) => Buffer.from(each))).toEqual(
        payloads.map((each) => Buffer.from(each)),
      );
      expect(envelopes.every(({ isEnd }) => !isEnd)).toBe(true);
    }),
  );
});

test('the last message is told apart', async () => {
  const end = encodeEnvelope(Buffer.from('{}'));
  end.writeUInt8(0x02, 0);
  expect(await read([end])).toMatchObject([{ isEnd: true }]);
});

test.each([
  ['one over the limit', [0, 0, 0, 0x04, 0x00]],
  ['a compressed one', [1, 0, 0, 0, 1, 0]],
  ['one that is cut off', [0, 0, 0, 0, 9, 1]],
])('%s is an error', async (_, bytes) => {
  await expect(read([Buffer.from(bytes)])).rejects.toThrow(EnvelopeError);
});
