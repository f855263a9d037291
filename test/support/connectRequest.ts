import { ConnectionMethod } from '../../helper/gen/gitpod/helper/v1/common.ts';
import type { ConnectRequest } from '../../helper/gen/gitpod/helper/v1/connection_service.ts';

/** A request for a connection by the plan's choice, to any local port. */
export function connectRequest(
  host: string,
  workspaceId: string,
  options: Partial<Omit<ConnectRequest, 'workspace'>> = {},
): ConnectRequest {
  return {
    workspace: { host, workspaceId, debug: false },
    localPort: 0,
    backendPort: 0,
    useLocalApp: false,
    startIfStopped: false,
    method: ConnectionMethod.UNSPECIFIED,
    backendDeadlineSeconds: 20,
    forwards: [],
    additionalHeartbeat: false,
    ...options,
  };
}
