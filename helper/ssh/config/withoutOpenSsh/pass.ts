import type { OpenSshEnvironment } from '../openSsh.ts';
import type { Settings } from './settings.ts';

/** One reading of all configuration files. */
export interface Pass {
  /** As asked for; in the final pass, what `HostName` made of it. */
  readonly host: string;
  readonly originalHost: string;
  readonly isFinal: boolean;
  readonly localUser: string;
  readonly environment: OpenSshEnvironment;
  readonly signal: AbortSignal;
  readonly settings: Settings;
}
