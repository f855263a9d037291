import type { ControlPlane } from '../account/controlPlane.ts';
import type { Installation } from '../account/installation.ts';
import type { WorkspaceCreation } from '../account/records.ts';
import { failure } from '../failures.ts';

/**
 * Makes a workspace from a context URL, which starts it. The organization may be left out by whoever is in just one.
 *
 * @returns its id.
 * @throws Failure INVALID_ARGUMENT, ORGANIZATION_REQUIRED, CONTEXT_URL_INVALID, or as ControlPlane.createWorkspace.
 */
export async function createWorkspace(
  installation: Installation,
  creation: WorkspaceCreation,
  controlPlane: Pick<ControlPlane, 'createWorkspace' | 'listOrganizations'>,
  signal: AbortSignal,
): Promise<string> {
  const contextUrl = creation.contextUrl.trim();
  if (!URL.canParse(contextUrl) || !/^https?:$/.test(new URL(contextUrl).protocol)) {
    const problem = 'it is no http or https URL';
    throw failure('CONTEXT_URL_INVALID', { host: installation.host, contextUrl: contextUrl.slice(0, 200), problem });
  }
  const organizationId = creation.organizationId || (await onlyOrganization(installation, controlPlane, signal));
  return controlPlane.createWorkspace({ ...creation, contextUrl, organizationId }, signal);
}

async function onlyOrganization(
  { host }: Installation,
  controlPlane: Pick<ControlPlane, 'listOrganizations'>,
  signal: AbortSignal,
): Promise<string> {
  const organizations = await controlPlane.listOrganizations(signal);
  const [only] = organizations;
  if (only !== undefined && organizations.length === 1) return only.id;
  const names = organizations.map(({ id, name }) => `${name} (${id})`).join(', ');
  throw failure('ORGANIZATION_REQUIRED', { host, organizations: names === '' ? 'there is none' : names });
}
