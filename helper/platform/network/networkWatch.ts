import { networkInterfaces } from 'node:os';

const intervalMs = 2_000;

/** A timer that comes this much too late was kept from running: the machine slept. */
const sleptMs = 3_000;

/** What the watch goes by. */
export interface NetworkSigns {
  /** The addresses this machine has, in one text. */
  readonly addresses: () => string;
  /** Wall-clock time in milliseconds: the monotonic one may stand still while the machine sleeps. */
  readonly now: () => number;
}

/**
 * Tells when the network may be another one now: the machine has slept, or its addresses have changed. Dispose it to
 * stop.
 */
export function watchNetwork(
  onChange: () => void,
  { addresses, now }: NetworkSigns = { addresses: localAddresses, now: Date.now },
): Disposable {
  let known = addresses();
  let lookedAt = now();
  const timer = setInterval(() => {
    const slept = now() - lookedAt > intervalMs + sleptMs;
    const current = addresses();
    const moved = current !== known;
    lookedAt = now();
    known = current;
    if (slept || moved) onChange();
  }, intervalMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** The addresses of this machine in the networks it is in: they tell networks apart. */
export function localAddresses(): string {
  return Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter(({ internal }) => !internal)
    .map(({ cidr }) => cidr ?? '')
    .sort()
    .join(' ');
}
