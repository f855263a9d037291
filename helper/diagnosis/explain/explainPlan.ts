import type { ConnectionMethod, Plan, Route } from '../../connection/plan.ts';

const inWords: Readonly<Record<ConnectionMethod, string>> = {
  SSH_GATEWAY_KEY: 'by your SSH key, through the SSH gateway',
  SSH_GATEWAY_OWNER_TOKEN: "by the workspace's owner token, through the SSH gateway",
  LOCAL_COMPANION: "by the Local Companion's way, around the SSH gateway",
};

/** Why this method and not another, in sentences. */
export function explainPlan({ ref, phase, routes }: Plan): readonly string[] {
  const chosen = routes.find(({ verdict }) => verdict === 'CHOSEN');
  if (chosen === undefined) {
    return [`There is no way into ${ref.workspaceId} now (it is ${phase}).`, ...routes.map(sentence)];
  }
  const before = routes.slice(0, routes.indexOf(chosen)).filter(({ verdict }) => verdict === 'REJECTED');
  const after = routes.filter(({ verdict }) => verdict === 'USABLE');
  return [
    `You get into ${ref.workspaceId} ${nameOf(chosen)}.`,
    `Why: ${chosen.reason}`,
    ...before.map((route) => `Not ${nameOf(route)}: ${route.reason}`),
    ...(after.length === 0
      ? ['If it fails, nothing else is left to try.']
      : [`If it fails, what follows is: ${after.map(nameOf).join('; then ')}.`]),
    'Never another one after a host key that is not published, since somebody may be listening in.',
  ];
}

function sentence(route: Route): string {
  return `Not ${nameOf(route)}: ${route.reason}`;
}

function nameOf({ method, transport }: Route): string {
  return `${inWords[method]} (${transport === 'TCP' ? 'SSH port' : 'WebSocket on 443'})`;
}
