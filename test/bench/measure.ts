/** The middle of the values, and the smallest. */
export interface Distribution {
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
}

export function distribution(values: readonly number[]): Distribution {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { min: at(0), p50: at(0.5), p90: at(0.9) };
}

/**
 * Runs the variants in turn, in another order each round, so that a machine whose speed drifts does so for all of them.
 *
 * @returns what each run of each variant gave, milliseconds as a rule.
 */
export async function interleave<Name extends string>(
  variants: Readonly<Record<Name, () => Promise<number>>>,
  options: { readonly rounds: number; readonly warmUps: number },
): Promise<Record<Name, number[]>> {
  const names = Object.keys(variants).filter((name): name is Name => name in variants);
  const results = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -options.warmUps; round < options.rounds; round++) {
    for (const name of names.toSorted(() => Math.random() - 0.5)) {
      const value = await variants[name]();
      if (round >= 0) results[name].push(value);
    }
  }
  return results;
}
