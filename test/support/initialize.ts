import type { InitializeRequest, Overrides, ProxySettings } from '../../helper/gen/gitpod/helper/v1/helper_service.ts';
import type { EmbeddedGitpod } from '../embedded-gitpod/embeddedGitpod.ts';

/** The request with which a front end introduces itself to a helper that shall reach an embedded Gitpod. */
export function initializeRequest(
  gitpod: EmbeddedGitpod,
  token: string,
  home: string,
  overrides: Partial<Overrides> = {},
  proxy?: Partial<ProxySettings>,
  caCertificatesPem: string[] = [],
): InitializeRequest {
  return {
    clientName: 'gitpod-helper-test',
    clientVersion: '1',
    minProtocolVersion: 1,
    maxProtocolVersion: 1,
    credentials: [{ host: gitpod.host, token }],
    proxy:
      proxy === undefined
        ? undefined
        : { url: '', username: '', password: '', noProxy: [], sshThroughProxy: false, ...proxy },
    caCertificatesPem,
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
