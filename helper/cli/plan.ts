import type { Command } from 'commander';
import type { WireCore } from '../connection/core.ts';
import type { Plan, Route } from '../connection/plan.ts';
import { planWorkspace } from '../connection/planWorkspace.ts';
import { fingerprintSha256 } from '../ssh/identities/publicKey.ts';
import { checkWorkspaceId } from '../workspaces/workspaceId.ts';
import { addCommonOptions, type CommonOptions, installationOf } from './commonOptions.ts';
import type { Output } from './output.ts';
import { type CommandContext, runCommand } from './runCommand.ts';
import { outputWidth, wrap } from './wrap.ts';

type PlanOptions = CommonOptions & {
  readonly debugWorkspace: boolean;
  readonly useLocalApp: boolean;
  readonly explain: boolean;
};

/** `plan WORKSPACE`: every way in with its verdict; nothing of the workspace is dialled. */
export function addPlanCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('plan <workspace>'))
    .description('show every way into a workspace and why it is or is not taken')
    .option('--debug-workspace', 'the debug workspace inside it', false)
    .option('--use-local-app', "the Local Companion's protocol only", false)
    .option('--explain', 'say in plain words why this way and not another', false)
    .action((workspaceId: string, options: PlanOptions) =>
      runCommand(options, wireCore, (context) => plan(workspaceId, options, context)),
    );
}

async function plan(text: string, options: PlanOptions, { core, output, signal }: CommandContext): Promise<void> {
  const installation = installationOf(options);
  const ref = { installation, workspaceId: checkWorkspaceId(text), debug: options.debugWorkspace };
  const record = await core.context.accounts.controlPlane(installation).getWorkspace(ref.workspaceId, signal);
  const made = await planWorkspace(ref, record, { useLocalApp: options.useLocalApp }, core.context, signal);
  if (!options.explain) {
    printPlan(made, output);
    return;
  }
  const { explainPlan } = await import('../diagnosis/explain/explainPlan.ts'); // for this option only
  const sentences = explainPlan(made);
  output.document({ plan: planDocument(made), explanation: sentences });
  for (const sentence of sentences) for (const line of wrap(sentence, outputWidth())) output.line(line);
}

/** Prints a plan. */
export function printPlan(made: Plan, output: Output): void {
  output.document({ plan: planDocument(made) });
  output.line(`${made.ref.workspaceId} is ${made.phase}.`);
  for (const { method, transport, verdict, reason, target } of made.routes) {
    const name = `${method} over ${transport === 'TCP' ? 'TCP' : 'WebSocket'}${target === '' ? '' : ` to ${target}`}`;
    output.line(`  ${verdict.toLowerCase().replace('_', ' ')}: ${name}\n    ${reason}`);
  }
}

/** A plan as JSON. */
export function planDocument(made: Plan): object {
  const { ref, phase, routes } = made;
  return {
    host: ref.installation.host,
    workspace_id: ref.workspaceId,
    debug: ref.debug,
    phase,
    routes: routes.map(routeDocument),
  };
}

function routeDocument({ method, transport, verdict, reason, target, user, identity }: Route): object {
  const publicKey = identity?.publicKey;
  const fingerprint = publicKey === undefined ? '' : fingerprintSha256(publicKey.blob);
  return { method, transport, verdict, reason, target, user, key_fingerprint: fingerprint };
}
