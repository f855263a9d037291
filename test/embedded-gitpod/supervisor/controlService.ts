import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';

/** What CreateSSHKeyPair answers (gitpod-wire §5). */
export interface SshKeyPairAnswer {
  readonly privateKey: string;
  readonly hostKey: { readonly type: string; readonly value: string } | undefined;
  readonly userName: string;
}

/** `supervisor.ControlService`, as far as it is built. */
export const controlService: ServiceDefinition = {
  createSSHKeyPair: {
    path: '/supervisor.ControlService/CreateSSHKeyPair',
    requestStream: false,
    responseStream: false,
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: () => ({}),
    responseSerialize: (answer: SshKeyPairAnswer) => encodeSshKeyPair(answer),
    responseDeserialize: () => ({}),
  },
};

/** @param createKeyPair gives the key pair; never settles where the supervisor hangs */
export function controlImplementation(createKeyPair: () => Promise<SshKeyPairAnswer>): UntypedServiceImplementation {
  return {
    createSSHKeyPair: (_call: object, callback: (error: Error | null, answer?: SshKeyPairAnswer) => void) => {
      createKeyPair().then((answer) => callback(null, answer), callback);
    },
  };
}

/** The answer as protobuf. */
export function encodeSshKeyPair({ privateKey, hostKey, userName }: SshKeyPairAnswer): Buffer {
  const writer = new BinaryWriter().uint32(stringField(1)).string(privateKey);
  if (hostKey !== undefined) {
    writer.uint32(stringField(2)).fork();
    writer.uint32(stringField(1)).string(hostKey.type).uint32(stringField(2)).string(hostKey.value).join();
  }
  return Buffer.from(writer.uint32(stringField(3)).string(userName).finish());
}

/** Tag of a length-delimited field. */
function stringField(number: number): number {
  return number * 8 + 2;
}
