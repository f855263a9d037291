import { reachableWorkspace } from '../../connection/reachableWorkspace.ts';
import { type Check, ok, skipped } from '../check.ts';

/** Whether the workspace is there and runs. */
export const workspaceState: Check = {
  id: 'workspace',
  area: 'Workspace',
  title: 'Workspace',
  after: ['sign-in'],
  examine: async (examination) => {
    const { ref } = examination.subject;
    if (ref === undefined) return skipped('none was named: gitpod-helper doctor WORKSPACE');
    const record = await examination.workspace();
    const { instance, address } = reachableWorkspace(ref, record);
    const { startedAt, workspaceClass, configuredTimeout } = instance;
    const facts = [
      startedAt === undefined ? 'running' : `running since ${startedAt.toISOString()}`,
      ...(workspaceClass === '' ? [] : [`class ${workspaceClass}`]),
      ...(configuredTimeout === '' ? [] : [`times out after ${configuredTimeout} without use`]),
    ];
    return ok(facts.join(', '), [`its host is ${new URL(address.origin).host}`]);
  },
};
