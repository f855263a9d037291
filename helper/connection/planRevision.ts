import type { RuledOut } from './methods.ts';
import type { Plan, Route } from './plan.ts';

/** The route that is to be taken. @throws Error when the plan has none. */
export function chosenRoute(plan: Plan): Route {
  const route = plan.routes.find(({ verdict }) => verdict === 'CHOSEN');
  if (route === undefined) throw new Error('a plan without a chosen route was to be carried out');
  return route;
}

/** Whether a route leads through the SSH gateway: the Local Companion's way goes to the supervisor instead. */
export function leadsThroughSshGateway({ method }: Route): boolean {
  return method !== 'LOCAL_COMPANION';
}

/** The plan after another route has won the race: the ones before it stay usable. */
export function choosing(plan: Plan, winner: Route): Plan {
  const routes = plan.routes.map((route): Route => {
    if (route === winner) return { ...route, verdict: 'CHOSEN' };
    if (!isOpen(route) || !leadsThroughSshGateway(route)) return route;
    return { ...route, verdict: 'USABLE', reason: `${route.reason} It was slower to answer.` };
  });
  return { ...plan, routes };
}

/**
 * The plan after one of its routes has failed: the next one that is usable is chosen.
 *
 * @param reason why it failed, in a sentence.
 */
export function withoutRoute(plan: Plan, failed: Route, ruledOut: RuledOut, reason: string): Plan {
  const isFailed = (route: Route) => route.method === failed.method && route.transport === failed.transport;
  const isOut = (route: Route) => isFailed(route) || isRuledOutToo(route, failed, ruledOut);
  const next = plan.routes.find((route) => isOpen(route) && !isOut(route));
  const routes = plan.routes.map((route): Route => {
    if (isOpen(route) && isOut(route)) return { ...route, verdict: 'REJECTED', reason };
    return route === next ? { ...route, verdict: 'CHOSEN', reason: reasonOfNext(route, reason) } : route;
  });
  return { ...plan, routes };
}

function isRuledOutToo(route: Route, failed: Route, ruledOut: RuledOut): boolean {
  switch (ruledOut) {
    case 'route':
      return false;
    case 'transport':
      return leadsThroughSshGateway(route) && route.transport === failed.transport;
    case 'ssh-gateway':
      return leadsThroughSshGateway(route);
    case 'everything':
      return true;
  }
}

/** Whoever gets the legacy way is told why. */
function reasonOfNext(route: Route, failureOfBefore: string): string {
  if (leadsThroughSshGateway(route) || route.verdict === 'CHOSEN') return route.reason;
  return `The Local Companion's way is legacy; it is taken because the SSH gateway does not work. ${failureOfBefore}`;
}

function isOpen({ verdict }: Route): boolean {
  return verdict === 'CHOSEN' || verdict === 'USABLE';
}
