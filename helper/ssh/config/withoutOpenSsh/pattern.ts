import { asciiLowerCase } from './configLine.ts';

/** A part of a wildcard pattern: any run of characters, or one character for which this holds. */
export type WildcardPart = 'any-run' | ((character: string) => boolean);

/** Tells whether all of a text matches a pattern of `*` and `?` (ssh_config(5), PATTERNS). */
export function matchesPattern(text: string, pattern: string): boolean {
  return matchesWildcard(text, [...pattern].map(wildcardPart));
}

/** Gives the part that a character of a pattern stands for. */
export function wildcardPart(written: string): WildcardPart {
  if (written === '*') return 'any-run';
  return (character) => written === '?' || character === written;
}

/** Tells whether all of a text matches; the time is at most the product of both lengths, whatever the pattern. */
export function matchesWildcard(text: string, parts: readonly WildcardPart[]): boolean {
  const characters = [...text];
  let at = 0;
  let part = 0;
  let run: { readonly part: number; at: number } | undefined;
  for (;;) {
    const wanted = parts[part];
    const character = characters[at];
    if (wanted === 'any-run') {
      run = { part: part++, at };
    } else if (character === undefined) {
      return wanted === undefined;
    } else if (wanted?.(character) === true) {
      part++;
      at++;
    } else if (run !== undefined) {
      part = run.part + 1;
      at = ++run.at;
    } else {
      return false;
    }
  }
}

/** Tells whether a text matches a comma-separated list of patterns: one that is not negated, and none that is. */
export function matchesPatternList(text: string, list: string): boolean {
  const patterns = list.split(',');
  const negated = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  if (negated.some((pattern) => matchesPattern(text, pattern))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && matchesPattern(text, pattern));
}

/** As `matchesPatternList`, for host names, whose case does not count. */
export function matchesHostList(host: string, list: string): boolean {
  return matchesPatternList(asciiLowerCase(host), asciiLowerCase(list));
}
