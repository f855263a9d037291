import { SshAgentError, type SshAgentFailureState } from '../errors.ts';
import { identitiesRequest, parseIdentitiesAnswer, parseSignResponse, signRequest } from './agentFrame.ts';
import { requestFromAgent } from './agentRequest.ts';
import type { PublicKey } from './publicKey.ts';

/** What an agent holds, or why that is not known; `empty` is an agent without keys, or a locked one. */
export type AgentListing =
  | { readonly state: 'listed'; readonly identities: readonly PublicKey[] }
  | { readonly state: 'empty' | SshAgentFailureState; readonly message: string };

/** Flags of a sign request for RSA keys; without one an agent signs with SHA-1 (draft-ietf-sshm-ssh-agent §3.6.1). */
export const AGENT_RSA_SHA2_256 = 2;
/** As {@link AGENT_RSA_SHA2_256}, with SHA-512. */
export const AGENT_RSA_SHA2_512 = 4;

const LIST_TIMEOUT_MS = 5_000;

/** An agent may ask its user before it signs. */
const SIGN_TIMEOUT_MS = 30_000;

/** How long to wait for an agent. */
export interface AgentOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

/**
 * Lists the keys of the ssh-agent at a Unix socket or Windows pipe, those of unknown types too. Every failure is a state
 * of the listing; only an abort rejects, with the signal's reason.
 */
export async function listAgentIdentities(path: string, options: AgentOptions): Promise<AgentListing> {
  const requestOptions = { signal: options.signal, timeoutMs: options.timeoutMs ?? LIST_TIMEOUT_MS };
  try {
    const identities = await requestFromAgent(path, identitiesRequest(), parseIdentitiesAnswer, requestOptions);
    if (identities.length > 0) return { state: 'listed', identities };
    return { state: 'empty', message: `The agent at ${path} has no keys, or is locked.` };
  } catch (error) {
    if (error instanceof SshAgentError) return { state: error.state, message: error.message };
    throw error;
  }
}

/**
 * Has the agent sign with one of its keys.
 *
 * @param flags 0, or for RSA `AGENT_RSA_SHA2_256` or `AGENT_RSA_SHA2_512`.
 * @returns the signature blob: algorithm name and signature, each a `string` (RFC 4253 §6.6).
 * @throws SshAgentError when the agent does not sign.
 */
export async function signWithAgent(
  path: string,
  blob: Buffer,
  data: Buffer,
  flags: number,
  options: AgentOptions,
): Promise<Buffer> {
  const requestOptions = { signal: options.signal, timeoutMs: options.timeoutMs ?? SIGN_TIMEOUT_MS };
  return requestFromAgent(path, signRequest(blob, data, flags), parseSignResponse, requestOptions);
}
