import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../../failures.ts';
import { recentLogLines, recordLog } from '../../log.ts';
import { listCrashReports } from '../../platform/crashReports.ts';
import { helperDirectory } from '../../platform/helperDirectory.ts';
import { fingerprintSha256 } from '../../ssh/identities/publicKey.ts';
import { helperVersion, protocolVersion } from '../../version.ts';
import { allChecks } from '../allChecks.ts';
import type { Examination } from '../examination.ts';
import { outcomeOf, runChecks } from '../runChecks.ts';
import { redaction } from './redaction.ts';
import { type ArchivedFile, tar } from './tar.ts';

/** What a person sends along with a report of a problem. */
export interface Bundle {
  /** What is in it, by name. */
  readonly names: readonly string[];
  /** A gzip-compressed tar archive. */
  readonly archive: Buffer;
}

/**
 * Collects versions, settings, what the doctor says, the plan, the last events and reports of crashes, without secrets,
 * e-mail addresses, and the names of home and user.
 *
 * @throws the signal's reason.
 */
export async function collectBundle(
  examination: Examination,
  { redactHosts }: { readonly redactHosts: boolean },
  signal: AbortSignal,
): Promise<Bundle> {
  const { core, installation } = examination.subject;
  const { home, env } = core.context.openSsh;
  const redact = redaction({ home, hostname: installation.hostname, redactHosts });
  recordLog('debug'); // what the doctor tries shows in the log, SSH included
  const doctor = await doctorResult(examination, signal);
  recordLog('info');
  const files = [
    { name: 'versions.json', text: json(versions()) },
    { name: 'settings.json', text: json(settings(examination)) },
    { name: 'doctor.json', text: json(doctor) },
    { name: 'plan.json', text: json(await plan(examination)) },
    {
      name: 'log.jsonl',
      text: recentLogLines()
        .map((line) => `${line}\n`)
        .join(''),
    },
    ...crashReports(helperDirectory(home, env)),
  ].map(({ name, text }): ArchivedFile => ({ name, text: redact(text) }));
  const { gzip } = await import('node:zlib');
  return { names: files.map(({ name }) => name), archive: await promisify(gzip)(tar(files, new Date())) };
}

function versions(): object {
  return {
    helper: helperVersion,
    protocol: protocolVersion,
    node: process.versions,
    system: `${process.platform} ${process.arch} ${release()}`,
    time: new Date().toISOString(),
  };
}

/** Which settings there are; of credentials and certificates only that there are any. */
function settings({ subject }: Examination): object {
  const { credentials, caCertificatesPem, proxy, ...others } = subject.core.settings;
  return {
    ...others,
    host: subject.installation.host,
    credentials_for: credentials.map(({ host }) => host),
    further_certificates: caCertificatesPem.length,
    proxy: proxy === undefined ? 'as in the environment' : proxy.url,
  };
}

async function doctorResult(examination: Examination, signal: AbortSignal): Promise<object> {
  const results = await Promise.all(runChecks(allChecks, examination, signal));
  return {
    outcome: outcomeOf(results),
    checks: results.map(({ check, verdict, value, details, elapsedMs }) => ({
      id: check.id,
      verdict,
      value,
      details,
      elapsed_ms: elapsedMs,
    })),
  };
}

async function plan(examination: Examination): Promise<object> {
  if (examination.subject.ref === undefined) return { none: 'no workspace was named' };
  try {
    const { phase, routes } = await examination.plan();
    return {
      phase,
      routes: routes.map(({ identity, ...route }) => ({
        ...route,
        key: identity?.publicKey === undefined ? '' : fingerprintSha256(identity.publicKey.blob),
      })),
    };
  } catch (error) {
    if (error instanceof Failure) return { none: error.message };
    throw error;
  }
}

function crashReports(directory: string): readonly ArchivedFile[] {
  return listCrashReports(directory).map(({ path }) => ({
    name: `crashes/${basename(path)}`,
    text: readFileSync(path, 'utf8'),
  }));
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
