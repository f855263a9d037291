import type { Network } from '../platform/network/network.ts';
import type { Account } from './account.ts';
import type { ControlPlane } from './controlPlane.ts';
import { ControlPlaneWithFallback } from './controlPlaneWithFallback.ts';
import { JsonRpcControlPlane } from './jsonRpc/jsonRpcControlPlane.ts';
import { PublicApiControlPlane } from './publicApi/publicApiControlPlane.ts';

/** The control plane of an account's installation. Nothing is dialled before the first call. */
export function openControlPlane(account: Account, network: Network): ControlPlane {
  return new ControlPlaneWithFallback(
    new JsonRpcControlPlane(account, network),
    new PublicApiControlPlane(account, network),
  );
}
