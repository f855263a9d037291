import { AGENT_RSA_SHA2_256, AGENT_RSA_SHA2_512, signWithAgent } from '../identities/agent.ts';
import type { PublicKey } from '../identities/publicKey.ts';
import type { SignatureAlgorithm, Signer } from './signer.ts';

/** How long a person may take to confirm in an agent that asks. */
const signTimeoutMs = 60_000;

function agentFlags(algorithm: SignatureAlgorithm): number {
  if (algorithm === 'rsa-sha2-256') return AGENT_RSA_SHA2_256;
  if (algorithm === 'rsa-sha2-512') return AGENT_RSA_SHA2_512;
  return 0;
}

/** Signs by the SSH agent that listens at `socketPath`. */
export function agentSigner(socketPath: string, publicKey: PublicKey): Signer {
  return {
    publicKey,
    sign: (data, algorithm, signal) =>
      signWithAgent(socketPath, publicKey.blob, data, agentFlags(algorithm), { signal, timeoutMs: signTimeoutMs }),
  };
}
