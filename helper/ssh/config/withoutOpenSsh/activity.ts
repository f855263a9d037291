import type { Place } from './place.ts';

/** A `Match` line that nothing here can decide: it would have to run a command, or to know more than the destination. */
export interface UndecidedMatch {
  readonly criterion: string;
  readonly place: Place;
}

/** Whether the lines of a block apply to the destination. */
export type Activity = 'active' | 'inactive' | UndecidedMatch;

/** Whether lines apply for which both of these have to hold. */
export function both(one: Activity, other: Activity): Activity {
  if (one === 'inactive' || other === 'inactive') return 'inactive';
  return one === 'active' ? other : one;
}
