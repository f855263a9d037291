import type { Failure, Remedy } from '../failures.ts';
import type { Examination } from './examination.ts';

/** `warning`: works, or works otherwise; `problem`: something does not work; `skipped`: cannot or need not be checked. */
export type Verdict = 'ok' | 'warning' | 'problem' | 'skipped';

/** What a check has found. */
export interface Finding {
  readonly verdict: Verdict;
  /** What was measured, or what is wrong: a sentence or the end of one. */
  readonly value: string;
  /** What can be done about it; none when all is well. */
  readonly remedies: readonly Remedy[];
  /** Further lines, one fact each. */
  readonly details: readonly string[];
}

/** What is looked at, in the order in which one thing builds on another. */
export const areas = [
  'This machine',
  'Network',
  'Account',
  'SSH keys and OpenSSH',
  'SSH gateway',
  'Workspace',
  'Ways in',
] as const;
/** One of {@link areas}. */
export type Area = (typeof areas)[number];

/** Every check there is, in the order of the list. */
export const checkIds = [
  'runtime',
  'helper',
  'settings',
  'openssh',
  'crashes',
  'name',
  'proxy',
  'tcp',
  'tls',
  'clock',
  'websocket',
  'sign-in',
  'scopes',
  'ssh-config',
  'keys',
  'agent',
  'managed-config',
  'leftovers',
  'gateway-host-keys',
  'gateway-port',
  'gateway-host-key',
  'workspace',
  'supervisor',
  'backend',
  'route-key',
  'route-owner-token',
  'route-websocket',
  'route-companion',
  'way-in',
] as const;
/** Names a check for programs. */
export type CheckId = (typeof checkIds)[number];

/** One thing that is looked at. */
export interface Check {
  readonly id: CheckId;
  readonly area: Area;
  /** What is checked, in a few words. */
  readonly title: string;
  /** Without these it means nothing: it is skipped when one of them has a problem. */
  readonly after: readonly CheckId[];
  /** Shorter or longer than the usual deadline. */
  readonly timeoutMs?: number;
  /** @throws Failure, which is a problem; or the signal's reason. */
  readonly examine: (examination: Examination, signal: AbortSignal) => Promise<Finding>;
}

/** A check and what came of it. */
export interface CheckResult extends Finding {
  readonly check: Check;
  readonly elapsedMs: number;
  /** True when it was not checked because one that it builds on has a problem. */
  readonly isBlocked: boolean;
}

/** All is well. */
export function ok(value: string, details: readonly string[] = []): Finding {
  return { verdict: 'ok', value, remedies: [], details };
}

/** It cannot be checked, or need not. */
export function skipped(value: string): Finding {
  return { verdict: 'skipped', value, remedies: [], details: [] };
}

/** Something is not as it should be, with what can be done about it. */
export function amiss(
  verdict: 'warning' | 'problem',
  value: string,
  remedies: readonly Remedy[],
  details: readonly string[] = [],
): Finding {
  return { verdict, value, remedies, details };
}

/** A failure as a finding. */
export function failed({ message, remedies }: Failure, verdict: 'warning' | 'problem' = 'problem'): Finding {
  return amiss(verdict, message, remedies);
}
