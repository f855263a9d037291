import { randomBytes, randomInt, randomUUID } from 'node:crypto';

/** Both forms of a workspace id (gitpod-wire §2.6), unanchored, for building other patterns. */
export const workspaceIdPattern =
  '(?:[0-9a-z]{2,16}-[0-9a-z]{2,16}-[0-9a-z]{8,11}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})';

const adjectives = ['amber', 'brave', 'coral', 'dusty', 'early', 'fresh', 'green', 'happy'] as const;
const animals = ['badger', 'crane', 'dolphin', 'falcon', 'gecko', 'heron', 'lynx', 'otter'] as const;

/** A fresh id such as `amber-falcon-4tq0z5c1m2k`. */
export function newWorkspaceId(): string {
  return `${pick(adjectives)}-${pick(animals)}-${randomText('0123456789abcdefghijklmnopqrstuvwxyz', 11)}`;
}

export function newUuid(): string {
  return randomUUID();
}

/** 32 characters out of `[0-9A-Za-z_.-]` (gitpod-wire §2.6). */
export function newOwnerToken(): string {
  return randomText('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.-', 32);
}

/** Random bytes as lower-case hex, two characters each. */
export function randomHex(byteCount: number): string {
  return randomBytes(byteCount).toString('hex');
}

function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? '';
}
