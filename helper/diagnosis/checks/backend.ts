import { waitForBackend } from '../../connection/joinLink/waitForBackend.ts';
import { OwnerToken } from '../../connection/ownerToken.ts';
import { reachableWorkspace } from '../../connection/reachableWorkspace.ts';
import { Failure } from '../../failures.ts';
import { type Check, failed, ok, skipped } from '../check.ts';

/** Whether the JetBrains backend is up, and its join link is one. ssh and other editors do without it. */
export const backend: Check = {
  id: 'backend',
  area: 'Workspace',
  title: 'IDE backend and join link',
  after: ['workspace', 'supervisor'],
  examine: async (examination, signal) => {
    const { core, ref } = examination.subject;
    if (ref === undefined) return skipped('no workspace was named');
    const { instance, address } = reachableWorkspace(ref, await examination.workspace());
    const controlPlane = core.context.accounts.controlPlane(ref.installation);
    try {
      const { ideVersion, projectPath, joinLink } = await waitForBackend({
        ref,
        launcherOrigin: address.launcherOrigin,
        backendPort: 0,
        timeoutMs: 0,
        startedAt: instance.startedAt,
        ownerToken: new OwnerToken(controlPlane, ref.workspaceId, signal),
        network: core.context.network,
        signal,
        requireRunning: async () => undefined,
        onWaiting: () => undefined,
      });
      return ok(`version ${ideVersion} with ${projectPath}; the join link leads to its port ${joinLink.backendPort}`);
    } catch (error) {
      if (!(error instanceof Failure) || !concernsJetBrainsOnly(error)) throw error;
      return failed(error, 'warning');
    }
  },
};

function concernsJetBrainsOnly({ code }: Failure): boolean {
  return code === 'BACKEND_NOT_READY' || code === 'BACKEND_NOT_CONFIGURED' || code === 'JOIN_LINK_INVALID';
}
