import type { Secret } from '../../platform/secret.ts';
import type { Signer } from './signer.ts';

/** How a connection proves who it is (RFC 4252): one method, tried once. */
export type SshAuthentication =
  | { readonly method: 'publickey'; readonly signer: Signer }
  | { readonly method: 'password'; readonly password: Secret }
  | { readonly method: 'none' };
