import type { InitializeRequest, Overrides } from '../../helper/gen/gitpod/helper/v1/helper_service.ts';
import type { EmbeddedGitpod } from '../embedded-gitpod/embeddedGitpod.ts';

/** The request with which a front end introduces itself to a helper that shall reach an embedded Gitpod. */
export function initializeRequest(
  gitpod: EmbeddedGitpod,
  token: string,
  home: string,
  overrides: Partial<Overrides> = {},
): InitializeRequest {
  return {
    clientName: 'gitpod-helper-test',
    clientVersion: '1',
    minProtocolVersion: 1,
    maxProtocolVersion: 1,
    credentials: [{ host: gitpod.host, token }],
    proxy: undefined,
    caCertificatesPem: [],
    overrides: {
      home,
      sshConfigFile: '',
      caFile: gitpod.caFile,
      resolve: [gitpod.resolve],
      sshPort: gitpod.sshPort,
      ...overrides,
    },
  };
}
