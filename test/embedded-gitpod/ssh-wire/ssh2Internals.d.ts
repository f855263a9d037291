/**
 * The parts of ssh2 1.17.0's protocol layer that are driven raw here. The published types stop at the high-level
 * client and server, which answer and reorder messages that a relay has to pass on untouched.
 */
declare module 'ssh2/lib/protocol/Protocol.js' {
  import type { ParsedKey } from 'ssh2';

  export interface DirectionAlgorithms {
    readonly cipher: readonly string[];
    readonly mac: readonly string[];
    readonly compress: readonly string[];
    readonly lang: readonly string[];
  }

  export interface AlgorithmOffer {
    readonly kex: readonly string[];
    readonly serverHostKey: readonly string[];
    readonly cs: DirectionAlgorithms;
    readonly sc: DirectionAlgorithms;
  }

  export interface ProtocolConfig {
    readonly server?: boolean;
    readonly ident: Buffer;
    readonly hostKeys?: Readonly<Record<string, ParsedKey>>;
    readonly hostVerifier?: (hostKey: Buffer, verify: (accepted: boolean) => void) => undefined;
    readonly offer?: AlgorithmOffer;
    readonly onWrite: (data: Buffer) => void;
    readonly onError: (error: Error) => void;
    readonly onHandshakeComplete?: () => void;
    readonly messageHandlers?: {
      readonly DISCONNECT?: (protocol: Protocol, reason: number, description: string) => void;
      readonly EXT_INFO?: (
        protocol: Protocol,
        extensions: readonly { name: string; algs: readonly string[] }[],
      ) => void;
    };
  }

  export default class Protocol {
    constructor(config: ProtocolConfig);
    start(): void;
    parse(chunk: Buffer, offset: number, length: number): void;
    cleanup(): void;
    rekey(): void;
    /** Called with the payload of every packet outside a key exchange; read anew at each key exchange. */
    _onPayload: (payload: Buffer) => void;
    _onHandshakeComplete: (...negotiated: readonly unknown[]) => void;
    channelOpenConfirm(peerChannel: number, channel: number, window: number, packetSize: number): void;
    channelSuccess(peerChannel: number): void;
    channelFailure(peerChannel: number): void;
    readonly _handlers: { GLOBAL_REQUEST?: GlobalRequestHandler; CHANNEL_REQUEST?: ChannelRequestHandler };
    readonly _kex: { readonly sessionID: Buffer; remoteExtInfoEnabled: boolean };
    readonly _packetRW: {
      readonly write: {
        readonly allocStart: number;
        alloc(payloadLength: number): Buffer;
        finalize(packet: Buffer): Buffer;
      };
    };
  }

  export type ChannelRequestHandler = (
    protocol: Protocol,
    channel: number,
    type: string,
    wantReply: boolean,
    data: unknown,
  ) => void;

  export type GlobalRequestHandler = (protocol: Protocol, name: string, wantReply: boolean, data: unknown) => void;
}

declare module 'ssh2/lib/protocol/utils.js' {
  import type Protocol from 'ssh2/lib/protocol/Protocol.js';

  const utils: {
    sendPacket(protocol: Protocol, packet: Buffer): boolean;
  };
  export default utils;
}

declare module 'ssh2/lib/protocol/crypto.js' {
  const crypto: { readonly init: Promise<void> };
  export default crypto;
}
