import { type Command, InvalidArgumentError } from 'commander';
import type { Installation } from '../account/installation.ts';
import { type WorkspacePhase, workspacePhases } from '../account/records.ts';
import type { WireCore } from '../connection/core.ts';
import type { CatalogueEvent } from '../workspaces/catalogueWatch.ts';
import type { Workspace } from '../workspaces/workspace.ts';
import { matchesFilter, type WorkspaceFilter } from '../workspaces/workspaceOrder.ts';
import { addCommonOptions, type CommonOptions, installationOf } from './commonOptions.ts';
import { type Output, table } from './output.ts';
import { type CommandContext, runCommand, runCommandOnAll } from './runCommand.ts';
import { catalogueDocument, workspaceCells, workspaceDocument, workspaceHeadings } from './workspaceDocument.ts';

interface ListOptions extends CommonOptions {
  readonly all: boolean;
  readonly watch: boolean;
  readonly phase: readonly WorkspacePhase[];
}

const pageSize = 500;

/** `list [WORDS…]`: the workspaces, pinned and running ones first. */
export function addListCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('list [words...]'))
    .description('list your workspaces; with WORDS only those in which all of them occur')
    .option('--all', 'of every installation you are signed in to', false)
    .option('--phase <phase>', 'only those in this phase (repeatable)', collectPhase, [])
    .option('--watch', 'then every change, until interrupted', false)
    .action((words: readonly string[], options: ListOptions) =>
      (options.all ? runCommandOnAll : runCommand)(options, wireCore, async (context) => {
        const filter = { text: words.join(' '), phases: options.phase };
        const installations = options.all ? [] : [installationOf(options)];
        await (options.watch ? watch : list)(installations, filter, context);
      }),
    );
}

async function list(
  installations: readonly Installation[],
  filter: WorkspaceFilter,
  { core, output, signal }: CommandContext,
): Promise<void> {
  const workspaces: Workspace[] = [];
  for (let pageToken: string | undefined = ''; pageToken !== undefined; ) {
    const page = await core.catalogue.list({ installations, ...filter, pageSize, pageToken }, signal);
    const [firstFailure] = page.failures;
    if (firstFailure !== undefined) throw firstFailure.failure;
    workspaces.push(...page.workspaces);
    pageToken = page.nextPageToken === '' ? undefined : page.nextPageToken;
  }
  output.document({ workspaces: workspaces.map(workspaceDocument) });
  printTable(workspaces, filter, output);
}

async function watch(
  installations: readonly Installation[],
  filter: WorkspaceFilter,
  { core, output, signal }: CommandContext,
): Promise<void> {
  using watching = core.catalogue.watch(installations);
  for (let events = await watching.next(signal); events !== undefined; events = await watching.next(signal)) {
    for (const event of events) {
      const wanted = filtered(event, filter);
      if (wanted === undefined) continue;
      output.document(catalogueDocument(wanted));
      print(wanted, filter, output);
    }
  }
}

function filtered(event: CatalogueEvent, filter: WorkspaceFilter): CatalogueEvent | undefined {
  switch (event.kind) {
    case 'snapshot':
      return { ...event, workspaces: event.workspaces.filter((workspace) => matchesFilter(workspace, filter)) };
    case 'changed': {
      const { installation, id: workspaceId } = event.workspace;
      if (matchesFilter(event.workspace, filter)) return event;
      return filter.phases.length === 0
        ? undefined
        : { kind: 'removed', ref: { installation, workspaceId, debug: false } };
    }
    case 'removed':
    case 'link':
      return event;
  }
}

function print(event: CatalogueEvent, filter: WorkspaceFilter, output: Output): void {
  switch (event.kind) {
    case 'snapshot':
      printTable(event.workspaces, filter, output);
      return;
    case 'changed':
      output.line(workspaceCells(event.workspace, new Date()).join('  '));
      return;
    case 'removed':
      output.line(`${event.ref.workspaceId}  gone`);
      return;
    case 'link':
      if (!event.link.live) output.line(`${event.host} is not read just now: ${event.link.failure.message}`);
  }
}

function printTable(workspaces: readonly Workspace[], { text, phases }: WorkspaceFilter, output: Output): void {
  if (workspaces.length === 0) {
    output.line(text === '' && phases.length === 0 ? 'You have no workspaces.' : 'No workspace matches.');
    return;
  }
  const now = new Date();
  const rows = workspaces.map((workspace) => workspaceCells(workspace, now));
  for (const line of table([workspaceHeadings, ...rows])) output.line(line);
}

function collectPhase(text: string, previous: readonly WorkspacePhase[]): readonly WorkspacePhase[] {
  const phase = workspacePhases.find((known) => known === text);
  if (phase === undefined) throw new InvalidArgumentError(`it is none of ${workspacePhases.join(', ')}.`);
  return [...previous, phase];
}
