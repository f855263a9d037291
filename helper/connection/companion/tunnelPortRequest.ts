/** Which port of the workspace a channel leads to: `supervisor.TunnelPortRequest` (gitpod-wire §5.2), visibility left out. */
export interface TunnelPortRequest {
  /** The port in the workspace. */
  readonly port: number;
  /** The port on this side; one client may use only one for each port in the workspace. */
  readonly targetPort: number;
  /** Tells this client from others of the same workspace. */
  readonly clientId: string;
}

/** Wire types of protobuf (https://protobuf.dev/programming-guides/encoding). */
const varintType = 0;
const lengthDelimitedType = 2;

/** Encodes the message as protobuf. By hand, since only the rooms that speak gRPC know the generated code. */
export function encodeTunnelPortRequest({ port, targetPort, clientId }: TunnelPortRequest): Buffer {
  const id = Buffer.from(clientId, 'utf8');
  return Buffer.from([
    ...tag(1, varintType),
    ...varint(port),
    ...tag(2, varintType),
    ...varint(targetPort),
    ...tag(4, lengthDelimitedType),
    ...varint(id.length),
    ...id,
  ]);
}

function tag(field: number, type: number): readonly number[] {
  return varint(field * 8 + type);
}

function varint(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value % 0x80) + 0x80, ...varint(Math.floor(value / 0x80))];
}
