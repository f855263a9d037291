import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Next to the ports that sign-ins use; whoever listens on it has them for itself. */
const lockPort = 63_109;
const signInPorts = Array.from({ length: 10 }, (_, index) => 63_110 + index);

/**
 * Keeps the ten fixed ports of sign-ins from other test files and runs on this machine. Made for `beforeEach`; dispose it to
 * let them go on.
 */
export class SignInPorts implements AsyncDisposable {
  readonly #servers: Server[];

  static async own(): Promise<SignInPorts> {
    const giveUpAt = Date.now() + 50_000;
    for (;;) {
      const lock = await listen(lockPort);
      if (lock !== undefined) return new SignInPorts(lock);
      if (Date.now() > giveUpAt) throw new Error(`port ${lockPort} stays taken`);
      await sleep(25);
    }
  }

  private constructor(lock: Server) {
    this.#servers = [lock];
  }

  /** Lets nobody sign in: listens on all ports that are free, or on those given. */
  async take(ports: readonly number[] = signInPorts): Promise<void> {
    const servers = await Promise.all(ports.map(listen));
    this.#servers.push(...servers.filter((server) => server !== undefined));
  }

  /** The ports that somebody listens on now. */
  async taken(): Promise<readonly number[]> {
    const servers = await Promise.all(signInPorts.map(listen));
    await Promise.all(servers.map((server) => (server === undefined ? undefined : close(server))));
    return signInPorts.filter((_, index) => servers[index] === undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map(close));
  }
}

function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
