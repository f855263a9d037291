import { readFileSync } from 'node:fs';
import { Network } from '../../helper/platform/network/network.ts';
import { parseResolveOverride } from '../../helper/platform/network/resolveOverride.ts';
import type { EmbeddedGitpod } from '../embedded-gitpod/embeddedGitpod.ts';

/** A network in which an embedded Gitpod has its names and is trusted. */
export function networkTo(gitpod: EmbeddedGitpod): Network {
  return new Network({
    resolve: [parseResolveOverride(gitpod.resolve)],
    additionalCaPem: [readFileSync(gitpod.caFile, 'utf8')],
  });
}
