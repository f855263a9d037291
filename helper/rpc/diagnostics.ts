import { parseInstallation } from '../account/installation.ts';
import type { CollectDiagnosticsRequest, CollectDiagnosticsResponse } from '../gen/gitpod/helper/v1/helper_service.ts';
import type { Send } from './handle.ts';
import { managedConfigurationOf } from './managedConfiguration.ts';
import type { Session } from './session.ts';

const chunkBytes = 64 * 1024;
const defaultHost = 'gitpod.io';

/** Collects diagnostics of the first installation the client has given a credential for: the contents, then the archive. */
export async function collectDiagnostics(
  session: Session,
  { redactHosts }: CollectDiagnosticsRequest,
  send: Send<CollectDiagnosticsResponse>,
  signal: AbortSignal,
): Promise<void> {
  const { core } = session;
  // At first use: a start is quicker without it.
  const { Examination } = await import('../diagnosis/examination.ts');
  const { collectBundle } = await import('../diagnosis/bundle/collectBundle.ts');
  const [installation = parseInstallation(defaultHost)] = core.context.accounts.installations();
  const examination = new Examination({
    core,
    installation,
    ref: undefined,
    settingsFailure: undefined,
    credentialFailure: undefined,
    managed: managedConfigurationOf(core, [installation]),
    signal,
  });
  const { names, archive } = await collectBundle(examination, { redactHosts }, signal);
  await send({ part: { $case: 'contents', value: { names: [...names] } } });
  for (let start = 0; start < archive.length; start += chunkBytes) {
    await send({ part: { $case: 'chunk', value: archive.subarray(start, start + chunkBytes) } });
  }
}
