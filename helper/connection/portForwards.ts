import type { Duplex } from 'node:stream';
import { LocalForward } from './localForward.ts';

/** A local port on 127.0.0.1 that leads to a port of the workspace. */
export interface PortForward {
  /** 0 for any free one. */
  readonly localPort: number;
  readonly remotePort: number;
}

/** Further ports of a workspace, through the same SSH connection. */
export class PortForwards implements AsyncDisposable {
  readonly #forwards: readonly { readonly local: LocalForward; readonly remotePort: number }[];

  /** @throws Failure LOCAL_PORT_IN_USE; nothing listens then. */
  static async listen(wanted: readonly PortForward[]): Promise<PortForwards> {
    await using listening = new AsyncDisposableStack();
    const forwards = [];
    for (const { localPort, remotePort } of wanted) {
      const local = listening.use(await LocalForward.listen(localPort, () => undefined));
      forwards.push({ local, remotePort });
    }
    listening.move();
    return new PortForwards(forwards);
  }

  private constructor(forwards: readonly { readonly local: LocalForward; readonly remotePort: number }[]) {
    this.#forwards = forwards;
  }

  /** The forwards with the local ports filled in. */
  get ports(): readonly PortForward[] {
    return this.#forwards.map(({ local, remotePort }) => ({ localPort: local.port, remotePort }));
  }

  /** From now on connections are carried. */
  connectTo(openPort: (host: string, port: number) => Promise<Duplex>): void {
    for (const { local, remotePort } of this.#forwards) local.connectTo(() => openPort('127.0.0.1', remotePort));
  }

  /** The far end is gone: connections are closed, new ones wait. */
  interrupt(): void {
    for (const { local } of this.#forwards) local.interrupt();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#forwards.map(({ local }) => local[Symbol.asyncDispose]()));
  }
}
