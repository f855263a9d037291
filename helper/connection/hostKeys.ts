import { networkFailure } from '../account/networkFailure.ts';
import { Failure, failure } from '../failures.ts';
import { log } from '../log.ts';
import { Deadline } from '../platform/deadline.ts';
import type { HttpResponse } from '../platform/network/httpAnswer.ts';
import type { Network } from '../platform/network/network.ts';
import { type HostKey, parseHostKey, verifyHostKey } from '../ssh/hostkeys/hostKey.ts';

const timeoutMs = 15_000;
const maxBodyBytes = 64 * 1024;

/**
 * Fetches the SSH gateway's host keys from `/_ssh/host_keys` of the workspace's host: their authenticity is TLS's
 * (gitpod-wire §4.8). A 200 proves nothing, only a list of keys does.
 *
 * @throws Failure HOST_KEYS_UNAVAILABLE, or that of the network (TLS_UNTRUSTED, …).
 */
export async function fetchHostKeys(
  origin: string,
  network: Network,
  signal: AbortSignal,
): Promise<readonly HostKey[]> {
  const url = new URL('/_ssh/host_keys', origin);
  using deadline = new Deadline('reading the host keys', timeoutMs, signal);
  let response: HttpResponse;
  try {
    response = await network.get(url, { signal: deadline.signal, maxBodyBytes });
  } catch (error) {
    signal.throwIfAborted();
    throw networkFailure(error, url.host);
  }
  return parseHostKeys(response, url.host);
}

/**
 * The host keys that an installation publishes while a connection is made. They are read at once, so that nobody waits for
 * them, and read again before a key is refused: it may be newer than what was read.
 */
export class PublishedHostKeys {
  readonly #origin: string;
  readonly #network: Network;
  readonly #signal: AbortSignal;
  readonly #readAtOnce: Promise<readonly HostKey[]>;

  constructor(origin: string, network: Network, signal: AbortSignal) {
    this.#origin = origin;
    this.#network = network;
    this.#signal = signal;
    this.#readAtOnce = fetchHostKeys(origin, network, signal);
    this.#readAtOnce.catch(() => undefined); // who asks for a key gets to know it
  }

  /** @throws Failure HOST_KEY_MISMATCH unless the key (a blob) that `host` offers is published; as {@link fetchHostKeys}. */
  async requirePublished(host: string, offered: Buffer): Promise<void> {
    const keys = await this.#readAtOnce;
    if (verifyHostKey(offered, keys).ok) return;
    log.info('hostkeys.read_again', { host });
    requireTrustedHostKey(host, offered, await fetchHostKeys(this.#origin, this.#network, this.#signal));
  }

  /** Whether there are none. */
  areNone(): Promise<boolean> {
    return givesNoHostKeys(this.#readAtOnce);
  }
}

/** Whether an installation publishes none: it may have no SSH gateway (gitpod-wire §4.8). */
export async function givesNoHostKeys(hostKeys: Promise<readonly HostKey[]>): Promise<boolean> {
  try {
    await hostKeys;
    return false;
  } catch (error) {
    return error instanceof Failure && error.code === 'HOST_KEYS_UNAVAILABLE';
  }
}

function parseHostKeys({ status, body }: HttpResponse, host: string): readonly HostKey[] {
  if (status < 200 || status > 299) {
    throw failure('HOST_KEYS_UNAVAILABLE', { host, problem: `the answer was HTTP ${status}` });
  }
  try {
    const keys: unknown = JSON.parse(body);
    if (!Array.isArray(keys)) throw new SyntaxError('not an array');
    const parsed = keys.map(parseEntry);
    if (parsed.length > 0) return parsed;
  } catch (error) {
    throw failure('HOST_KEYS_UNAVAILABLE', { host, problem: 'the answer is not a list of host keys' }, error);
  }
  throw failure('HOST_KEYS_UNAVAILABLE', { host, problem: 'the list is empty' });
}

function parseEntry(entry: unknown): HostKey {
  if (typeof entry !== 'object' || entry === null) throw new SyntaxError('an entry is not an object');
  const { type, host_key: key }: { type?: unknown; host_key?: unknown } = entry;
  if (typeof type !== 'string' || typeof key !== 'string') throw new SyntaxError('an entry lacks type or host_key');
  return parseHostKey(type, key);
}

/** @throws Failure HOST_KEY_MISMATCH with the fingerprints, unless the key (a blob) that `host` offers is a trusted one. */
export function requireTrustedHostKey(host: string, offered: Buffer, trusted: readonly HostKey[]): void {
  const verdict = verifyHostKey(offered, trusted);
  if (verdict.ok) return;
  const fingerprints = verdict.trustedFingerprints.join(', ');
  throw failure('HOST_KEY_MISMATCH', { host, offered: verdict.offeredFingerprint, trusted: fingerprints });
}
