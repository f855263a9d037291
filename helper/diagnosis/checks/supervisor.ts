import { networkFailure } from '../../account/networkFailure.ts';
import { failure } from '../../failures.ts';
import { amiss, type Check, failed, ok, skipped } from '../check.ts';

const maxBodyBytes = 64 * 1024;

/** Whether the workspace's supervisor answers, without which nothing in the workspace can be reached. */
export const supervisor: Check = {
  id: 'supervisor',
  area: 'Workspace',
  title: 'Supervisor',
  after: ['workspace'],
  examine: async (examination, signal) => {
    const { core, ref } = examination.subject;
    const address = ref === undefined ? undefined : await examination.address();
    if (ref === undefined || address === undefined) return skipped('no workspace was named');
    const url = new URL('/_supervisor/v1/status/supervisor', address.origin);
    const startedAt = performance.now();
    const answer = await core.context.network.get(url, { signal, maxBodyBytes }).catch((error: unknown) => {
      signal.throwIfAborted();
      return networkFailure(error, url.host);
    });
    if (answer instanceof Error) return failed(answer);
    if (answer.status === 200) return ok(`it answers (${Math.round(performance.now() - startedAt)} ms)`);
    const { remedies } = failure('WORKSPACE_SSH_DOWN', {
      host: ref.installation.host,
      workspaceId: ref.workspaceId,
    });
    return amiss('problem', `it does not answer (HTTP ${answer.status})`, remedies);
  },
};
