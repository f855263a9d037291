import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { AccountServiceService } from '../gen/gitpod/helper/v1/account_service.ts';
import { ConnectionServiceService } from '../gen/gitpod/helper/v1/connection_service.ts';
import { HelperServiceService } from '../gen/gitpod/helper/v1/helper_service.ts';
import { KeyServiceService } from '../gen/gitpod/helper/v1/key_service.ts';
import { SshConfigServiceService } from '../gen/gitpod/helper/v1/ssh_config_service.ts';
import { WorkspaceServiceService } from '../gen/gitpod/helper/v1/workspace_service.ts';
import { HealthService } from '../gen/grpc/health/v1/health.ts';
import { accountService } from './accountService.ts';
import { connectionService } from './connectionService.ts';
import { healthService } from './healthService.ts';
import { helperService } from './helperService.ts';
import { keyService } from './keyService.ts';
import { guardRequests } from './requestGuard.ts';
import type { Session } from './session.ts';
import { sshConfigService } from './sshConfigService.ts';
import { workspaceService } from './workspaceService.ts';

/** A service as a gRPC server takes it. */
export interface RpcService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

/** Every service of the contract for one client's session. */
export function rpcServices(session: Session, shutDown: () => void): readonly RpcService[] {
  const services: readonly RpcService[] = [
    { definition: HelperServiceService, implementation: helperService(session, shutDown) },
    { definition: AccountServiceService, implementation: accountService(session) },
    { definition: WorkspaceServiceService, implementation: workspaceService(session) },
    { definition: KeyServiceService, implementation: keyService(session) },
    { definition: ConnectionServiceService, implementation: connectionService(session) },
    { definition: SshConfigServiceService, implementation: sshConfigService(session) },
  ];
  const health = { definition: HealthService, implementation: healthService(services.map(serviceName)) };
  return [...services, health].map(({ definition, implementation }) => ({
    definition: guardRequests(definition),
    implementation,
  }));
}

/** `gitpod.helper.v1.HelperService` from the path of any of its methods. */
function serviceName({ definition }: RpcService): string {
  return Object.values(definition)[0]?.path.split('/')[1] ?? '';
}
