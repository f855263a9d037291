import { parseInstallation } from '../account/installation.ts';
import { agentSummary } from '../connection/agentSummary.ts';
import { listKeys } from '../connection/listKeys.ts';
import { type ManualRegistration, registerKey } from '../connection/registerKey.ts';
import { Failure } from '../failures.ts';
import {
  type KeyServiceServer,
  KeySource,
  KeyVerdict,
  type ListKeysRequest,
  type ListKeysResponse,
  type LocalKey,
  type RegisteredKey,
  type RegisterKeyRequest,
  type RegisterKeyResponse,
} from '../gen/gitpod/helper/v1/key_service.ts';
import type { Identity } from '../ssh/identities/identity.ts';
import type { LocalMatch, RegisteredMatch, RegisteredVerdict } from '../ssh/identities/matchIdentities.ts';
import { fingerprintSha256, type PublicKey } from '../ssh/identities/publicKey.ts';
import { failureMessage } from './failureMessage.ts';
import { serverStream, unary } from './handle.ts';
import type { Session } from './session.ts';

/** Serves KeyService. */
export function keyService(session: Session): KeyServiceServer {
  return {
    listKeys: unary(async (request: ListKeysRequest, signal): Promise<ListKeysResponse> => {
      const report = await listKeys(session.core, parseInstallation(request.host), request.workspaceId, signal);
      const { registeredFailure } = report;
      return {
        local: report.matches.local.map((match) => localKeyMessage(match, registeredFailure !== undefined)),
        registered: report.matches.registered.map(registeredKeyMessage),
        agent: agentSummary(report.agent),
        registeredFailure: registeredFailure === undefined ? undefined : failureMessage(registeredFailure),
      };
    }),
    registerKey: serverStream(
      async (request: RegisterKeyRequest, send: (response: RegisterKeyResponse) => void, signal) => {
        const installation = parseInstallation(request.host);
        const onManual = ({ url, publicKeyLine: publicKey }: ManualRegistration) =>
          send({ event: { $case: 'manual', value: { url, publicKey } } });
        try {
          const { fingerprint, name } = request;
          const registered = await registerKey(session.core, installation, fingerprint, name, onManual, signal);
          send({ event: { $case: 'registered', value: registeredKeyMessage(registered) } });
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          send({ event: { $case: 'failed', value: failureMessage(error) } });
        }
      },
    ),
  };
}

const sources: Readonly<Record<Identity['source'], KeySource>> = {
  agent: KeySource.AGENT,
  'config-file': KeySource.CONFIG,
  'certificate-file': KeySource.CONFIG,
  'default-file': KeySource.DEFAULT,
};

const localVerdicts: Readonly<Record<LocalMatch['verdict'], KeyVerdict>> = {
  usable: KeyVerdict.USABLE,
  'needs-passphrase': KeyVerdict.NEEDS_PASSPHRASE,
  'not-in-process': KeyVerdict.NOT_IN_PROCESS,
  'not-registered': KeyVerdict.NOT_REGISTERED,
  'no-private-half': KeyVerdict.NO_PRIVATE_HALF,
  unusable: KeyVerdict.UNUSABLE,
  'unknown-until-passphrase': KeyVerdict.NOT_KNOWN,
};

const registeredVerdicts: Readonly<Record<RegisteredVerdict, KeyVerdict>> = {
  available: KeyVerdict.USABLE,
  'needs-passphrase': KeyVerdict.NEEDS_PASSPHRASE,
  'not-in-process': KeyVerdict.NOT_IN_PROCESS,
  unusable: KeyVerdict.UNUSABLE,
  'no-private-half-here': KeyVerdict.NO_PRIVATE_HALF,
  unparsable: KeyVerdict.UNUSABLE,
};

function localKeyMessage(match: LocalMatch, registeredUnknown: boolean): LocalKey {
  const { identity } = match;
  return {
    source: sources[identity.source],
    path: identity.path ?? identity.agentPath ?? '',
    ...describe(identity.publicKey),
    comment: identity.publicKey?.comment ?? '',
    verdict: registeredUnknown ? KeyVerdict.NOT_KNOWN : localVerdicts[match.verdict],
    reason: registeredUnknown ? 'The keys registered with the account could not be read.' : match.reason,
    registeredAs: match.registeredAs ?? '',
  };
}

function registeredKeyMessage({ key, verdict, reason }: RegisteredMatch): RegisteredKey {
  return { name: key.name, ...describe(key.publicKey), verdict: registeredVerdicts[verdict], reason };
}

function describe(publicKey: PublicKey | undefined): { type: string; fingerprint: string } {
  if (publicKey === undefined) return { type: '', fingerprint: '' };
  return { type: publicKey.type, fingerprint: fingerprintSha256(publicKey.blob) };
}
