import type { Command } from 'commander';
import type { Installation } from '../account/installation.ts';
import { agentSummary } from '../connection/agentSummary.ts';
import type { WireCore } from '../connection/core.ts';
import { keyNextStep } from '../connection/keyNextStep.ts';
import type { KeyReport } from '../connection/keyReport.ts';
import { listKeys } from '../connection/listKeys.ts';
import type { LocalMatch, RegisteredMatch } from '../ssh/identities/matchIdentities.ts';
import { fingerprintSha256, type PublicKey } from '../ssh/identities/publicKey.ts';
import { addCommonOptions, type CommonOptions, installationOf } from './commonOptions.ts';
import { addKeyActions } from './keysCreate.ts';
import { failureDocument, type Output } from './output.ts';
import { runCommand } from './runCommand.ts';

/** `keys [WORKSPACE]`: every local and registered key with its verdict. */
export function addKeysCommand(program: Command, wireCore: WireCore): void {
  const keys = program.command('keys [workspace]');
  addKeyActions(keys, wireCore);
  addCommonOptions(keys)
    .description('explain every SSH key of this machine and of your account')
    .action((workspaceId: string | undefined, options: CommonOptions) =>
      runCommand(options, wireCore, async ({ core, output, signal }) => {
        const installation = installationOf(options);
        print(await listKeys(core, installation, workspaceId ?? '', signal), installation, output);
      }),
    );
}

function print(report: KeyReport, installation: Installation, output: Output): void {
  const { matches, registeredFailure } = report;
  const nextStep = keyNextStep(report, installation);
  output.document({
    local: matches.local.map(localDocument),
    registered: matches.registered.map(registeredDocument),
    agent: agentSummary(report.agent),
    next_step: nextStep,
    registered_failure: registeredFailure === undefined ? null : failureDocument(registeredFailure),
  });
  output.line('On this machine, in the order ssh offers them:');
  for (const match of matches.local) output.line(...localLines(match));
  if (matches.local.length === 0) output.line('  no SSH key');
  output.line();
  output.line('Registered with the account:');
  for (const { key, verdict, reason } of matches.registered) {
    output.line(`  ${key.name}  ${describe(key.publicKey)}\n    ${verdict}: ${reason}`);
  }
  if (registeredFailure !== undefined) output.line(`  not known: ${registeredFailure.message}`);
  else if (matches.registered.length === 0) output.line('  no SSH key');
  output.line();
  output.line(agentSummary(report.agent));
  if (nextStep !== '') output.line(nextStep);
}

function localLines({ identity, verdict, reason }: LocalMatch): [string] {
  const where = identity.path ?? `agent: ${identity.publicKey?.comment ?? ''}`;
  const note = identity.note === undefined ? '' : `\n    ${identity.note}`;
  return [`  ${where}  ${describe(identity.publicKey)}\n    ${verdict}: ${reason}${note}`];
}

function localDocument({ identity, verdict, reason, registeredAs }: LocalMatch): object {
  return {
    source: identity.source,
    path: identity.path ?? identity.agentPath ?? '',
    type: identity.publicKey?.type ?? '',
    fingerprint: fingerprintOf(identity.publicKey),
    comment: identity.publicKey?.comment ?? '',
    verdict,
    reason,
    registered_as: registeredAs ?? '',
    note: identity.note ?? '',
  };
}

function registeredDocument({ key, verdict, reason }: RegisteredMatch): object {
  const { name, publicKey } = key;
  return { name, type: publicKey?.type ?? '', fingerprint: fingerprintOf(publicKey), verdict, reason };
}

function describe(publicKey: PublicKey | undefined): string {
  return publicKey === undefined ? '(not readable)' : `${publicKey.type} ${fingerprintOf(publicKey)}`;
}

function fingerprintOf(publicKey: PublicKey | undefined): string {
  return publicKey === undefined ? '' : fingerprintSha256(publicKey.blob);
}
