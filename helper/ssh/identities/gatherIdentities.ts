import type { HostConfig } from '../config/hostConfig.ts';
import { agentPathOf } from '../config/identityAgent.ts';
import type { OpenSshEnvironment } from '../config/openSsh.ts';
import { type AgentListing, listAgentIdentities } from './agent.ts';
import { readCertificateBeside, readCertificateFile } from './certificateFile.ts';
import { configuredRefusal } from './configuredRefusal.ts';
import type { Identity } from './identity.ts';
import { type FileCandidate, readIdentityFile } from './identityFile.ts';
import type { PublicKey } from './publicKey.ts';
import { restrictionOfType } from './restrictionOfType.ts';

/** `unset`: nothing names an agent; `disabled`: `IdentityAgent none`. */
export type AgentState = AgentListing | { readonly state: 'unset' | 'disabled' };

/** Everything OpenSSH would offer for a host, and what became of the agent. */
export interface GatheredIdentities {
  /** In the order in which OpenSSH would offer them. */
  readonly identities: readonly Identity[];
  readonly agent: AgentState;
}

/**
 * Collects every identity OpenSSH would offer for a host, in its order: certificates named by `CertificateFile`; keys of
 * the agent that a file names; other keys of the agent, unless `IdentitiesOnly`; the remaining files, each followed by
 * the certificate beside it. Nothing named in the configuration is left out: what cannot be used says why.
 *
 * Rejects only with the signal's reason.
 */
export async function gatherIdentities(
  config: HostConfig,
  environment: OpenSshEnvironment,
  options: { readonly signal: AbortSignal },
): Promise<GatheredIdentities> {
  const agentPath = agentPathOf(config.identityAgent, environment);
  const [certificates, files, agent] = await Promise.all([
    Promise.all(config.certificateFiles.map(readCertificateFile)),
    readIdentityFiles(config),
    agentState(config, agentPath, options.signal),
  ]);
  options.signal.throwIfAborted();
  const fromAgent =
    agent.state === 'listed' && agentPath !== undefined ? { path: agentPath, keys: agent.identities } : undefined;
  const ordered = [...certificates.map(fileIdentity), ...inOrder(files, fromAgent, config.identitiesOnly)];
  return { identities: ordered.map((identity) => withConfiguredRefusal(identity, config)), agent };
}

async function agentState(config: HostConfig, path: string | undefined, signal: AbortSignal): Promise<AgentState> {
  if (path !== undefined) return listAgentIdentities(path, { signal });
  return { state: config.identityAgent.kind === 'none' ? 'disabled' : 'unset' };
}

async function readIdentityFiles(config: HostConfig): Promise<readonly FileCandidate[]> {
  // OpenSSH looks for certificates beside the keys only when none is named.
  const wantsCertificateBeside = config.certificateFiles.length === 0;
  const candidates = await Promise.all(
    config.identityFiles.map(async (entry) => [
      await readIdentityFile(entry),
      wantsCertificateBeside ? await readCertificateBeside(entry) : undefined,
    ]),
  );
  return candidates.flat().filter((candidate) => candidate !== undefined);
}

function inOrder(
  files: readonly FileCandidate[],
  agent: { readonly path: string; readonly keys: readonly PublicKey[] } | undefined,
  identitiesOnly: boolean,
): readonly Identity[] {
  const remainingFiles = [...files];
  const namedInAgent: Identity[] = [];
  const onlyInAgent: Identity[] = [];
  for (const publicKey of agent?.keys ?? []) {
    const index = remainingFiles.findIndex(({ offeredKey }) => offeredKey?.blob.equals(publicKey.blob) === true);
    const [file] = index === -1 ? [] : remainingFiles.splice(index, 1);
    const signing = restrictionOfType(publicKey) ?? { kind: 'agent' };
    const held = { publicKey, signing, agentPath: agent?.path ?? '' };
    if (file !== undefined) namedInAgent.push({ ...fileIdentity(file), ...held });
    else if (!identitiesOnly) onlyInAgent.push({ source: 'agent', ...held });
  }
  return [...namedInAgent, ...onlyInAgent, ...remainingFiles.map(fileIdentity)];
}

function fileIdentity({ source, path, publicKey, signing, notes }: FileCandidate): Identity {
  return { source, path, publicKey, signing, ...(notes.length === 0 ? {} : { note: notes.join(' ') }) };
}

function withConfiguredRefusal(identity: Identity, config: HostConfig): Identity {
  const reason = configuredRefusal(config, identity.publicKey?.type);
  return reason === undefined ? identity : { ...identity, signing: { kind: 'disabled', reason } };
}
