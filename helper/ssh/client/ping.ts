import type { Client } from 'ssh2';

/** The one version of ssh2 whose inside this file knows. */
const knownVersion = '1.17.0';

/** What of ssh2's inside is used here. */
interface Inside {
  /** Who waits for the answers to global requests, in order (RFC 4254 §4). */
  readonly answers: (() => void)[];
  readonly sendPing: () => void;
}

/**
 * Sends the global request `keepalive@openssh.com`, as ssh2 does by itself in its own time.
 *
 * @returns resolves when it is answered, which may be never; undefined when this is not the version of ssh2 that is
 *   known here, or the connection is over.
 */
export function ping(client: Client, ssh2Version: string): Promise<void> | undefined {
  const inside = ssh2Version === knownVersion ? insideOf(client) : undefined;
  if (inside === undefined) return undefined;
  const answered = new Promise<void>((resolve) => inside.answers.push(() => resolve()));
  inside.sendPing();
  return answered;
}

function insideOf(client: Client): Inside | undefined {
  const answers: unknown = Reflect.get(client, '_callbacks');
  const protocol: unknown = Reflect.get(client, '_protocol');
  if (!Array.isArray(answers) || typeof protocol !== 'object' || protocol === null) return undefined;
  const send: unknown = Reflect.get(protocol, 'ping');
  if (typeof send !== 'function') return undefined;
  return { answers, sendPing: () => void Reflect.apply(send, protocol, []) };
}
