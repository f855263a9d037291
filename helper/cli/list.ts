import type { Command } from 'commander';
import type { WireCore } from '../connection/core.ts';
import type { Workspace } from '../workspaces/workspace.ts';
import { addCommonOptions, type CommonOptions, installationOf } from './commonOptions.ts';
import { table } from './output.ts';
import { type CommandContext, runCommand } from './runCommand.ts';

const pageSize = 500;

/** `list [WORDS…]`: the workspaces, running ones first. */
export function addListCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('list [words...]'))
    .description('list your workspaces; with WORDS only those in which all of them occur')
    .action((words: readonly string[], options: CommonOptions) =>
      runCommand(options, wireCore, (context) => list(words.join(' '), options, context)),
    );
}

async function list(text: string, options: CommonOptions, { core, output, signal }: CommandContext): Promise<void> {
  const query = { installations: [installationOf(options)], text, phases: [], pageSize };
  const workspaces: Workspace[] = [];
  for (let pageToken: string | undefined = ''; pageToken !== undefined; ) {
    const page = await core.catalogue.list({ ...query, pageToken }, signal);
    const [firstFailure] = page.failures;
    if (firstFailure !== undefined) throw firstFailure.failure;
    workspaces.push(...page.workspaces);
    pageToken = page.nextPageToken === '' ? undefined : page.nextPageToken;
  }
  output.document({ workspaces: workspaces.map(workspaceDocument) });
  const rows = workspaces.map(({ id, instance, repository, branch, description }) => [
    id,
    instance?.phase ?? 'never started',
    branch === '' ? repository : `${repository} (${branch})`,
    description,
  ]);
  if (rows.length === 0) output.line(text === '' ? 'You have no workspaces.' : 'No workspace matches.');
  else for (const line of table([['WORKSPACE', 'PHASE', 'REPOSITORY', 'DESCRIPTION'], ...rows])) output.line(line);
}

function workspaceDocument(workspace: Workspace): object {
  const { instance } = workspace;
  return {
    host: workspace.installation.host,
    id: workspace.id,
    phase: instance?.phase ?? 'stopped',
    description: workspace.description,
    context_url: workspace.contextUrl,
    repository: workspace.repository,
    branch: workspace.branch,
    ide_url: instance?.ideUrl ?? '',
    created_at: workspace.createdAt.toISOString(),
    last_used_at: (instance?.startedAt ?? instance?.createdAt)?.toISOString() ?? null,
    pinned: workspace.pinned,
  };
}
