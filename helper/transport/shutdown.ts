import { log } from '../log.ts';

/** How the process ends: 0 as asked, 70 by a fault of its own (EX_SOFTWARE), 65 for input that is no gRPC (EX_DATAERR). */
export type ExitCode = 0 | 65 | 70;

/** Within this time everything is released, or the process ends all the same. */
const releaseTimeoutMs = 80;

/** The one way the process ends: end of input, a signal, the parent's death, a call, or a crash all come here. */
export class Shutdown {
  readonly #release: (graceful: boolean) => Promise<void>;
  #begun = false;

  /** @param release closes everything; with `graceful`, calls under way get their answers first. */
  constructor(release: (graceful: boolean) => Promise<void>) {
    this.#release = release;
  }

  /** Releases everything and ends the process. Only the first call counts. */
  begin(reason: string, options: { exitCode: ExitCode; graceful: boolean }): void {
    if (this.#begun) return;
    this.#begun = true;
    log.info('transport.shutdown', { reason });
    const impatience = options.graceful
      ? undefined
      : setTimeout(() => process.exit(options.exitCode), releaseTimeoutMs).unref();
    this.#release(options.graceful)
      .catch((error: unknown) => log.error('transport.release_failed', { error }))
      .finally(() => {
        clearTimeout(impatience);
        process.exit(options.exitCode);
      });
  }
}

/** Sends signals and crashes down the one way. @param onCrash leaves a report behind. */
export function shutDownOnSignalsAndCrashes(shutdown: Shutdown, onCrash: (error: unknown) => void): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => shutdown.begin(signal, { exitCode: 0, graceful: false }));
  }
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.error('transport.crash', { kind: event, error });
      onCrash(error);
      shutdown.begin(event, { exitCode: 70, graceful: false });
    });
  }
  process.stderr.on('error', () => undefined); // a front end that no longer reads the log must not end the helper
}
