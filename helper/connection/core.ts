import type { GivenProxy } from '../platform/network/proxy/proxySettings.ts';
import type { Secret } from '../platform/secret.ts';
import type { WorkspaceCatalogue } from '../workspaces/catalogue.ts';
import type { Connections } from './connections.ts';
import type { ConnectContext } from './connectWorkspace.ts';

/** What a front end, or a person on the command line, sets. */
export interface HelperSettings {
  /** The front end that is served; absent on the command line. */
  readonly frontEnd?: { readonly name: string; readonly version: string };
  readonly credentials: readonly { readonly host: string; readonly token: Secret }[];
  /** CA certificates in PEM to trust beside the system's. */
  readonly caCertificatesPem: readonly string[];
  /** A file with more of them; '' for none. */
  readonly caFile: string;
  /** `PATTERN-LIST=ADDRESS` each. */
  readonly resolve: readonly string[];
  /** Undefined for the environment's. */
  readonly proxy: GivenProxy | undefined;
  /** SSH's port is reached by the proxy, too. */
  readonly sshThroughProxy: boolean;
  /** The SSH gateway's port; 0 for 22. */
  readonly sshPort: number;
  /** The home that counts; '' for that of the passwd entry. */
  readonly home: string;
  /** ssh -F; '' for the usual one. */
  readonly sshConfigFile: string;
}

/** The helper as a front end uses it, wired for one set of settings. Disposing ends every connection. */
export interface Core extends AsyncDisposable {
  readonly settings: HelperSettings;
  readonly context: ConnectContext;
  readonly catalogue: WorkspaceCatalogue;
  readonly connections: Connections;
}

/** Wires the helper. @throws Failure INVALID_ARGUMENT or FILE_UNREADABLE for settings that cannot be used. */
export type WireCore = (settings: HelperSettings) => Core;
