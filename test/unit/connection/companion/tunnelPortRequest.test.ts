import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeTunnelPortRequest } from '../../../../helper/connection/companion/tunnelPortRequest.ts';
import { decodeTunnelPortRequest } from '../../../embedded-gitpod/supervisor/tunnelPortRequest.ts';

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });

test('is what a protobuf library reads', () => {
  const request = fc.record({ port: uint32, targetPort: uint32, clientId: fc.string({ unit: 'grapheme' }) });
  fc.assert(
    fc.property(request, (sent) => {
      expect(decodeTunnelPortRequest(encodeTunnelPortRequest(sent))).toEqual(sent);
    }),
  );
});

test('is byte for byte what Gitpod’s own local companion sends', () => {
  const clientId = '0d5c9a54-6f0e-4f0e-9d53-2f0e1a1f3b77';
  const recorded = `08dc2210dc222224${Buffer.from(clientId).toString('hex')}`;
  expect(encodeTunnelPortRequest({ port: 4444, targetPort: 4444, clientId }).toString('hex')).toBe(recorded);
});
