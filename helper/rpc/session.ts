import type { Core, HelperSettings, WireCore } from '../connection/core.ts';
import { failure } from '../failures.ts';

/** What one client has set up with Initialize. */
export class Session implements AsyncDisposable {
  /** What a listener tells the client's sessions apart by; '' on standard input and output, where there is one client. */
  readonly id: string;
  readonly #wireCore: WireCore;
  #core: Core | undefined;

  constructor(wireCore: WireCore, id = '') {
    this.id = id;
    this.#wireCore = wireCore;
  }

  /** Sets up, or sets up anew: connections made with the settings before end. */
  async initialize(settings: HelperSettings): Promise<void> {
    const core = this.#wireCore(settings);
    const previous = this.#core;
    this.#core = core;
    await previous?.[Symbol.asyncDispose]();
  }

  /** What this client has set; undefined before Initialize. */
  get settings(): HelperSettings | undefined {
    return this.#core?.settings;
  }

  /** The helper as this client set it up. @throws Failure NOT_INITIALIZED. */
  get core(): Core {
    if (this.#core === undefined) throw failure('NOT_INITIALIZED', {});
    return this.#core;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#core?.[Symbol.asyncDispose]();
  }
}
