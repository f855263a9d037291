import { phaseInWords } from '../workspaces/phaseInWords.ts';
import { startAndFollow } from '../workspaces/startAndFollow.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import type { CommandContext } from './runCommand.ts';
import { workspaceDocument } from './workspaceDocument.ts';

/** Starts a workspace unless it is on its way up already, and prints each phase until it runs. @throws Failure */
export async function followStart(ref: WorkspaceRef, { core, output, signal }: CommandContext): Promise<void> {
  const { installation, workspaceId } = ref;
  const controlPlane = core.context.accounts.controlPlane(installation);
  const found = await controlPlane.getWorkspace(workspaceId, signal);
  const isRunning = found.instance?.phase === 'running';
  const instance = isRunning
    ? found.instance
    : await startAndFollow(
        ref,
        found,
        controlPlane,
        ({ phase }) => {
          output.document({ phase });
          output.line(phase === 'running' ? 'running' : phaseInWords(phase));
        },
        signal,
      );
  output.document({ workspace: workspaceDocument({ ...found, installation, instance }) });
  output.line(`${workspaceId} ${isRunning ? 'runs already' : 'runs'}: ${instance?.ideUrl ?? ''}`);
}
