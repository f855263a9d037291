import type { Core, HelperSettings, WireCore } from '../connection/core.ts';
import type { ManagedConfiguration } from '../connection/openSsh/managedConfiguration.ts';
import { Examination } from '../diagnosis/examination.ts';
import { Failure } from '../failures.ts';
import { checkWorkspaceId } from '../workspaces/workspaceId.ts';
import { type CommonOptions, installationOf, settingsOf, settingsWith } from './commonOptions.ts';
import { managedConfiguration, managedConfigurationOfAll } from './sshConfig.ts';

/** An examination of what the options mean. Disposing releases it. */
export interface OpenExamination extends AsyncDisposable {
  readonly examination: Examination;
}

/**
 * Begins an examination, whatever is broken: what cannot be had, a credential or settings that can be used, is a fact of
 * it and keeps nothing else from being looked at.
 *
 * @throws Failure INVALID_ARGUMENT or WORKSPACE_ID_INVALID when what is to be examined is not named.
 */
export async function beginExamination(
  workspaceId: string | undefined,
  options: CommonOptions & { readonly debugWorkspace: boolean },
  wireCore: WireCore,
  signal: AbortSignal,
): Promise<OpenExamination> {
  const installation = installationOf(options);
  const ref =
    workspaceId === undefined
      ? undefined
      : { installation, workspaceId: checkWorkspaceId(workspaceId), debug: options.debugWorkspace };
  const { settings, failure: credentialFailure } = await findSettings(options, signal);
  const { core, failure: settingsFailure } = wireWhateverWorks(settings, wireCore);
  const managed = managedAsFarAsKnown(options, core);
  const examination = new Examination({
    core,
    installation,
    ref,
    settingsFailure,
    credentialFailure,
    managed,
    signal,
  });
  return { examination, [Symbol.asyncDispose]: () => core[Symbol.asyncDispose]() };
}

async function findSettings(
  options: CommonOptions,
  signal: AbortSignal,
): Promise<{ settings: HelperSettings; failure: Failure | undefined }> {
  try {
    return { settings: await settingsOf(options, signal), failure: undefined };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { settings: settingsWith(options, []), failure: error };
  }
}

function wireWhateverWorks(settings: HelperSettings, wireCore: WireCore): { core: Core; failure: Failure | undefined } {
  try {
    return { core: wireCore(settings), failure: undefined };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const direct = { url: '', username: '', password: undefined, noProxy: undefined };
    return { core: wireCore({ ...settings, caFile: '', resolve: [], proxy: direct }), failure: error };
  }
}

/** A store that cannot be read is told of by the check of the sign-in. */
function managedAsFarAsKnown(options: CommonOptions, core: Core): ManagedConfiguration {
  try {
    return managedConfigurationOfAll(options, core);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return managedConfiguration(options, core);
  }
}
