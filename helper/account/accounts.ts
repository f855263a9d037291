import { failure } from '../failures.ts';
import type { Network } from '../platform/network/network.ts';
import type { ControlPlane } from './controlPlane.ts';
import type { Credentials } from './credentials.ts';
import { type Installation, parseInstallation } from './installation.ts';
import { JsonRpcControlPlane } from './jsonRpc/jsonRpcControlPlane.ts';

/** The installations somebody is signed in to, each with one control plane connection that everything shares. */
export class Accounts implements AsyncDisposable {
  readonly #credentials: Credentials;
  readonly #network: Network;
  readonly #controlPlanes = new Map<string, ControlPlane>();

  constructor(credentials: Credentials, network: Network) {
    this.#credentials = credentials;
    this.#network = network;
  }

  /** The installations there is a credential for. */
  installations(): readonly Installation[] {
    return this.#credentials.hosts().map(parseInstallation);
  }

  /**
   * The control plane of an installation. Nothing is dialled before the first call.
   *
   * @throws Failure SIGN_IN_REQUIRED when there is no credential for it.
   */
  controlPlane(installation: Installation): ControlPlane {
    const known = this.#controlPlanes.get(installation.host);
    if (known !== undefined) return known;
    const token = this.#credentials.get(installation.host);
    if (token === undefined) {
      throw failure('SIGN_IN_REQUIRED', { host: installation.host, why: 'there is no token for it' });
    }
    const controlPlane = new JsonRpcControlPlane(installation, token, this.#network);
    this.#controlPlanes.set(installation.host, controlPlane);
    return controlPlane;
  }

  /** Closes all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#controlPlanes.values()].map((controlPlane) => controlPlane[Symbol.asyncDispose]()));
    this.#controlPlanes.clear();
  }
}
