import {
  type AttemptOutcome,
  type KeyAttempt,
  type PreflightLog,
  type PreflightStep,
  preflightSteps,
} from './preflightResult.ts';
import { sshLogLines } from './sshLogText.ts';

type OpenAttempt = Omit<KeyAttempt, 'outcome'> & { outcome: AttemptOutcome; isAccepted: boolean; isMissing: boolean };

const STEP_LINES: readonly (readonly [RegExp, PreflightStep])[] = [
  [/^debug1: Executing proxy command: /, 'proxy-started'],
  [/^debug1: Connecting to .* \[.*\] port \d+/, 'host-resolved'],
  [/^debug1: Connection established\./, 'connected'],
  [/^debug1: Remote protocol version /, 'server-identified'],
  [/^debug1: Host '.*' is known and matches the /, 'host-key-accepted'],
  [/^debug1: Authentications that can continue: /, 'authenticating'],
  [/^Authenticated to /, 'authenticated'],
];

/** `Offering public key: NAME TYPE SHA256:… explicit agent`; the name may contain blanks. */
const OFFERING = /^debug1: Offering public key: (.*) (\S+) (SHA256:\S+)(.*)$/;

/** ssh reads the private file first when nothing tells its public half. */
const TRYING = /^debug1: Trying private key: (.*)$/;

const NOT_SIGNED = /^Load key |^sign_and_send_pubkey: |^identity_sign: | no mutual signature algorithm/;

/** Reads what `ssh -vvv` printed on stderr, whole or until it was ended. */
export function parsePreflightLog(stderr: string): PreflightLog {
  const lines = sshLogLines(stderr);
  return {
    reached: furthestStep(lines),
    attempts: keyAttempts(lines),
    methodsThatCanContinue: lastMatch(lines, /^debug1: Authentications that can continue: (.*)$/)?.split(',') ?? [],
    hostKeyFingerprint: lastMatch(lines, /^debug1: Server host key: \S+ (SHA256:\S+)/),
    messages: lines.filter(isMessage),
  };
}

function furthestStep(lines: readonly string[]): PreflightStep {
  let furthest = 0;
  for (const line of lines) {
    const [, step] = STEP_LINES.find(([pattern]) => pattern.test(line)) ?? [];
    if (step !== undefined) furthest = Math.max(furthest, preflightSteps.indexOf(step));
  }
  return preflightSteps[furthest] ?? 'nothing';
}

function keyAttempts(lines: readonly string[]): readonly KeyAttempt[] {
  const attempts: OpenAttempt[] = [];
  for (const line of lines) {
    const current = attempts.at(-1);
    if (current !== undefined) follow(current, line);
    const begun = beginAttempt(line);
    if (begun !== undefined) attempts.push(begun);
  }
  // Default key files that are not there are no attempts.
  return attempts
    .filter(({ fingerprint, isMissing }) => fingerprint !== undefined || !isMissing)
    .map(({ name, isInAgent, type, fingerprint, outcome }) => ({ name, isInAgent, type, fingerprint, outcome }));
}

function beginAttempt(line: string): OpenAttempt | undefined {
  const begun = { outcome: 'unanswered', isAccepted: false, isMissing: false } as const;
  const [, name, type, fingerprint, source] = OFFERING.exec(line) ?? [];
  if (name !== undefined) return { name, type, fingerprint, isInAgent: / agent\b/.test(source ?? ''), ...begun };
  const [, file] = TRYING.exec(line) ?? [];
  // The private half is asked for at once, as if the server had accepted the key.
  if (file === undefined) return undefined;
  return { name: file, type: undefined, fingerprint: undefined, isInAgent: false, ...begun, isAccepted: true };
}

/** Reads what a line says about the attempt before it, until that has its outcome. */
function follow(attempt: OpenAttempt, line: string): void {
  if (attempt.outcome !== 'unanswered') return;
  if (line.startsWith('debug1: Server accepts key: ')) attempt.isAccepted = true;
  else if (line.startsWith('Authenticated to ')) attempt.outcome = 'authenticated';
  else if (line.startsWith('Authenticated using '))
    attempt.outcome = 'authenticated'; // and the server wants more
  else if (line.startsWith('debug1: Authentications that can continue: ')) attempt.outcome = 'refused';
  else if (/Too many authentication failures/.test(line)) attempt.outcome = 'refused';
  else if (NOT_SIGNED.test(line)) attempt.outcome = 'not-signed';
  else if (/^(?:debug3: )?no such identity: /.test(line)) {
    attempt.isMissing = true;
    attempt.outcome = 'private-half-missing';
  } else if (attempt.isAccepted && goesOn(line))
    attempt.outcome = attempt.isInAgent ? 'not-signed' : 'passphrase-needed';
}

/** In batch mode ssh passes over a key under a passphrase without a word. */
function goesOn(line: string): boolean {
  return (
    OFFERING.test(line) || TRYING.test(line) || /^debug[12]: (?:No more authentication|we did not send)/.test(line)
  );
}

function lastMatch(lines: readonly string[], pattern: RegExp): string | undefined {
  return lines.flatMap((line) => pattern.exec(line)?.[1] ?? []).at(-1);
}

function isMessage(line: string): boolean {
  return !/^debug\d: |^ {2}#\d+ |^OpenSSH_|^Authenticated |^Transferred: |^Bytes per second: |^Pseudo-terminal will |^$/.test(
    line,
  );
}
