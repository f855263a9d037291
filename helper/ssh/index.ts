// The package entry `gitpod-helper/ssh`: what a program gets that shares this logic. README.md beside it shows its use.

export { configureLog, type LogLevel } from '../log.ts';
export { Secret } from '../platform/secret.ts';

export { agentSigner } from './client/agentSigner.ts';
export type { SshAuthentication } from './client/authentication.ts';
export { connectSsh, type SshConnectOptions } from './client/connectSsh.ts';
export { encryptedFileSigner, fileSigner, WrongPassphraseError } from './client/fileSigner.ts';
export type { SignatureAlgorithm, Signer } from './client/signer.ts';
export { SshClientError, type SshClientErrorKind } from './client/sshClientError.ts';
export type { SshConnection } from './client/sshConnection.ts';

export { type Destination, parseDestination } from './config/destination.ts';
export { type HostConfig, type IdentityFileEntry, resolveHostConfig } from './config/hostConfig.ts';
export type { IdentityAgent } from './config/identityAgent.ts';
export {
  type EnvironmentVariables,
  type OpenSshEnvironment,
  type OpenSshOverrides,
  openSshEnvironment,
} from './config/openSsh.ts';

export { SshAgentError, type SshAgentFailureState, SshConfigError, SshKeyFormatError } from './errors.ts';

export { type HostKey, type HostKeyVerdict, parseHostKey, verifyHostKey } from './hostkeys/hostKey.ts';
export {
  type KnownHosts,
  type KnownHostsEntry,
  type KnownHostsMarker,
  type MalformedLine,
  parseKnownHosts,
} from './hostkeys/knownHostsFile.ts';
export { entriesFor, knownHostsName } from './hostkeys/knownHostsMatch.ts';
export { knownHostsPath, type StoredHostKeys, storedHostKeys, storeHostKeys } from './hostkeys/knownHostsStore.ts';
export { type HostAddress, judgeHostKey, type KnownHostsVerdict } from './hostkeys/knownHostsVerdict.ts';

export {
  AGENT_RSA_SHA2_256,
  AGENT_RSA_SHA2_512,
  type AgentListing,
  type AgentOptions,
  listAgentIdentities,
  signWithAgent,
} from './identities/agent.ts';
export { type AgentState, type GatheredIdentities, gatherIdentities } from './identities/gatherIdentities.ts';
export type { Identity, Signing } from './identities/identity.ts';
export type { LocalVerdict } from './identities/judgeIdentity.ts';
export {
  type IdentityMatches,
  type LocalMatch,
  matchIdentities,
  type RegisteredKey,
  type RegisteredMatch,
  type RegisteredVerdict,
} from './identities/matchIdentities.ts';
export {
  certificateBaseKey,
  fingerprintSha256,
  keyBits,
  type PublicKey,
  parsePublicKeyLine,
  publicKeyFromBlob,
} from './identities/publicKey.ts';

export { SshConfigConflictError, SshConfigWriteError } from './openssh/errors.ts';
export { expectedResolution, type HostExpectation } from './openssh/expectedResolution.ts';
export { type IncludePlace, includeLine } from './openssh/includeLine.ts';
export { type IncludeStatus, includeStatus } from './openssh/includeStatus.ts';
export {
  type ManagedCluster,
  type ManagedConfig,
  type ManagedHost,
  managedConfigText,
  type OrdinaryConfigFiles,
  overlayConfigText,
} from './openssh/managedConfig.ts';
export { type PreflightCommand, type PreflightOptions, preflight } from './openssh/preflight.ts';
export type {
  AttemptOutcome,
  KeyAttempt,
  PreflightFailure,
  PreflightLog,
  PreflightResult,
  PreflightStep,
} from './openssh/preflightResult.ts';
export { ensurePrivateDirectory, writePrivateFile } from './openssh/privateFile.ts';
export type { ProxyCommandArgument } from './openssh/proxyCommand.ts';
export type { CheckOptions, ResolutionCheck } from './openssh/resolutionCheck.ts';
export { userConfigPath } from './openssh/userConfigFile.ts';
export {
  type IncludeInstallation,
  installInclude,
  removeInclude,
} from './openssh/userConfigInclude.ts';
