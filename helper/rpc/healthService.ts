import { type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import {
  type HealthCheckRequest,
  type HealthCheckResponse,
  type HealthServer,
  HealthCheckResponse_ServingStatus as ServingStatus,
} from '../gen/grpc/health/v1/health.ts';

/** Serves grpc.health.v1.Health: everything serves as long as the process does. */
export function healthService(serviceNames: readonly string[]): HealthServer {
  const isKnown = (service: string) => service === '' || serviceNames.includes(service);
  return {
    check(
      call: ServerUnaryCall<HealthCheckRequest, HealthCheckResponse>,
      callback: sendUnaryData<HealthCheckResponse>,
    ): void {
      if (isKnown(call.request.service)) callback(null, { status: ServingStatus.SERVING });
      else callback({ code: status.NOT_FOUND, details: `unknown service ${call.request.service}` });
    },
    watch(call): void {
      call.write({ status: isKnown(call.request.service) ? ServingStatus.SERVING : ServingStatus.SERVICE_UNKNOWN });
      call.once('cancelled', () => call.end());
    },
  };
}
