import { matchesWildcard, type WildcardPart, wildcardPart } from './pattern.ts';

/**
 * Gives the existing paths an absolute pattern matches, in byte order: `*`, `?`, `[…]` and backslash as in glob(7), none
 * of which matches a leading dot. A path that does not exist, or cannot be looked at, is no match.
 */
export async function globPaths(pattern: string): Promise<readonly string[]> {
  const portable = process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern;
  const [root = '', ...segments] = portable.split('/');
  let found: readonly string[] = [`${root}/`];
  for (const segment of segments) {
    found = (await Promise.all(found.map((directory) => entriesMatching(directory, segment)))).flat();
  }
  return found.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
}

async function entriesMatching(directory: string, segment: string): Promise<readonly string[]> {
  const { lstat, readdir } = await import('node:fs/promises'); // at first use: the start is quicker without it
  const parts = segment.match(/\\.|\[!?[\s\S][^\]]*\]|./gs) ?? [];
  const below = (name: string) => (directory.endsWith('/') ? `${directory}${name}` : `${directory}/${name}`);
  if (!parts.some(isWildcard)) {
    const path = below(parts.map(literal).join(''));
    return lstat(path).then(
      () => [path],
      () => [],
    );
  }
  const matchers = parts.map(partMatcher);
  const names = await readdir(directory).catch((): string[] => []);
  return ['.', '..', ...names]
    .filter((name) => name.startsWith('.') === segment.startsWith('.') && matchesWildcard(name, matchers))
    .map(below);
}

function isWildcard(part: string): boolean {
  return part === '*' || part === '?' || isSet(part);
}

function isSet(part: string): boolean {
  return part.startsWith('[') && part.length > 2;
}

function literal(part: string): string {
  return part.startsWith('\\') ? part.slice(1) : part;
}

function partMatcher(part: string): WildcardPart {
  if (isSet(part)) return setMatcher(part.slice(1, -1));
  if (isWildcard(part)) return wildcardPart(part);
  return (character) => character === literal(part);
}

/** Characters and ranges of them, negated by `!` before them. */
function setMatcher(written: string): WildcardPart {
  const isNegated = written.startsWith('!');
  const members = (isNegated ? written.slice(1) : written).match(/.-.|./gs) ?? [];
  const isMember = (character: string) =>
    members.some(([first = '', , last = first]) => first <= character && character <= last);
  return (character) => isMember(character) !== isNegated;
}
