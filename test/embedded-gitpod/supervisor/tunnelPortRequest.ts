import { BinaryReader } from '@bufbuild/protobuf/wire';

/** `supervisor.TunnelPortRequest` (gitpod-wire §5.2), without the visibility, which nothing depends on. */
export interface TunnelPortRequest {
  readonly port: number;
  readonly targetPort: number;
  readonly clientId: string;
}

/** Decodes a message. @throws {Error} the bytes are not protobuf */
export function decodeTunnelPortRequest(bytes: Uint8Array): TunnelPortRequest {
  const reader = new BinaryReader(bytes);
  let port = 0;
  let targetPort = 0;
  let clientId = '';
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    switch (field) {
      case 1:
        port = reader.uint32();
        break;
      case 2:
        targetPort = reader.uint32();
        break;
      case 4:
        clientId = reader.string();
        break;
      default:
        reader.skip(type);
    }
  }
  return { port, targetPort, clientId };
}
