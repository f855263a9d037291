import type { Identity } from './identity.ts';
import { certificateBaseKey } from './publicKey.ts';
import { refusedEverywhere } from './refusedEverywhere.ts';

/** What an identity is good for on a server whose registered keys are known. */
export type LocalVerdict =
  /** Registered, and able to sign in process without asking anyone. */
  | 'usable'
  | 'needs-passphrase'
  /** Registered, but only `ssh` itself can sign with it. */
  | 'not-in-process'
  | 'not-registered'
  | 'no-private-half'
  /** Registered or not, nothing can sign in with it. */
  | 'unusable'
  /** Encrypted together with its public half, so it cannot be told whether it is registered. */
  | 'unknown-until-passphrase';

export interface Judgement {
  readonly verdict: LocalVerdict;
  /** One sentence, with the remedy where there is one. */
  readonly reason: string;
}

/** Tells what an identity is good for, given the name it is registered under, if it is. */
export function judgeIdentity(identity: Identity, registeredAs: string | undefined): Judgement {
  const subject = nameOf(identity);
  const { publicKey, signing } = identity;
  if (publicKey === undefined) return judgeUnknownKey(identity, subject);
  const refusal = refusedEverywhere(publicKey);
  if (registeredAs === undefined) {
    const notRegistered = `${subject} is not registered with the account`;
    if (refusal === undefined) return { verdict: 'not-registered', reason: `${notRegistered}.` };
    return { verdict: 'unusable', reason: `${notRegistered}, which would not help: ${refusal}.` };
  }
  const registered = `${subject} is registered as "${registeredAs}"`;
  if (refusal !== undefined) return { verdict: 'unusable', reason: `${registered}, but ${refusal}.` };
  switch (signing.kind) {
    case 'agent':
      return { verdict: 'usable', reason: `${registered} and the agent signs with it.` };
    case 'file':
      return { verdict: 'usable', reason: `${registered} and needs no passphrase.` };
    case 'passphrase': {
      const reason = `${registered} but needs its passphrase; \`${sshAdd(identity.path)}\` lets the agent sign with it.`;
      return { verdict: 'needs-passphrase', reason };
    }
    case 'touch': {
      const reason = `${registered} but is on a security key, which only \`ssh\` itself can use.`;
      return { verdict: 'not-in-process', reason };
    }
    case 'absent': {
      const reason = `${registered}, but only its public half was found, and the agent does not hold it.`;
      return { verdict: 'no-private-half', reason };
    }
    case 'disabled':
      return { verdict: 'unusable', reason: `${registered}, but ${signing.reason}.` };
    case 'unsupported': {
      const isCertificate = certificateBaseKey(publicKey.blob) !== undefined;
      const verdict = isCertificate ? 'not-in-process' : 'unusable';
      return { verdict, reason: `${registered}, but ${signing.reason}.` };
    }
  }
}

function judgeUnknownKey({ signing, note, path }: Identity, subject: string): Judgement {
  if (signing.kind === 'passphrase') {
    const reason = `${subject} is encrypted as a whole, so only its passphrase shows which key it is; \`${sshAdd(path)}\` tells.`;
    return { verdict: 'unknown-until-passphrase', reason };
  }
  if (signing.kind === 'disabled') return { verdict: 'unusable', reason: `${subject} is not used: ${signing.reason}.` };
  return { verdict: 'unusable', reason: note ?? `${subject} holds no key that can be read.` };
}

function nameOf({ path, publicKey }: Identity): string {
  if (path !== undefined) return path;
  const comment = publicKey?.comment ?? '';
  return comment === '' ? 'A key in the agent' : `The key "${comment}" in the agent`;
}

/** The command for a shell, the path quoted where it has to be. */
function sshAdd(path: string | undefined): string {
  if (path === undefined) return 'ssh-add';
  return `ssh-add ${/^[\w./~+@:-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`}`;
}
