import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { Failure, FailureCode } from '../failures.ts';
import { Failure as FailureMessage } from '../gen/gitpod/helper/v1/failure.ts';
import { Status } from '../gen/google/rpc/status.ts';
import { failureMessage } from './failureMessage.ts';

/** The gRPC status code that a client without knowledge of the contract sees for each failure. */
const statusCodes: Readonly<Record<FailureCode, status>> = {
  INTERNAL: status.INTERNAL,
  NOT_INITIALIZED: status.FAILED_PRECONDITION,
  PROTOCOL_VERSION_UNSUPPORTED: status.FAILED_PRECONDITION,
  INVALID_ARGUMENT: status.INVALID_ARGUMENT,
  CANCELLED: status.CANCELLED,
  DEADLINE_EXCEEDED: status.DEADLINE_EXCEEDED,
  SHUTTING_DOWN: status.UNAVAILABLE,
  MESSAGE_TOO_LARGE: status.RESOURCE_EXHAUSTED,
  FILE_UNREADABLE: status.FAILED_PRECONDITION,
  SIGN_IN_REQUIRED: status.UNAUTHENTICATED,
  SCOPE_MISSING: status.PERMISSION_DENIED,
  PERMISSION_DENIED: status.PERMISSION_DENIED,
  USER_BLOCKED: status.PERMISSION_DENIED,
  SIGN_IN_DECLINED: status.PERMISSION_DENIED,
  SIGN_IN_TIMED_OUT: status.DEADLINE_EXCEEDED,
  SIGN_IN_FAILED: status.UNAUTHENTICATED,
  SIGN_IN_PORTS_TAKEN: status.FAILED_PRECONDITION,
  KEYCHAIN_FAILED: status.FAILED_PRECONDITION,
  RATE_LIMITED: status.RESOURCE_EXHAUSTED,
  HOST_NOT_FOUND: status.UNAVAILABLE,
  HOST_UNREACHABLE: status.UNAVAILABLE,
  TLS_UNTRUSTED: status.UNAVAILABLE,
  PROXY_AUTH_REQUIRED: status.FAILED_PRECONDITION,
  PROXY_FAILED: status.UNAVAILABLE,
  NOT_AN_INSTALLATION: status.FAILED_PRECONDITION,
  INSTALLATION_ERROR: status.UNAVAILABLE,
  WORKSPACE_ID_INVALID: status.INVALID_ARGUMENT,
  WORKSPACE_NOT_FOUND: status.NOT_FOUND,
  WORKSPACE_STOPPED: status.FAILED_PRECONDITION,
  WORKSPACE_STARTING: status.UNAVAILABLE,
  WORKSPACE_FAILED: status.FAILED_PRECONDITION,
  TOO_MANY_RUNNING_WORKSPACES: status.RESOURCE_EXHAUSTED,
  VERIFICATION_REQUIRED: status.FAILED_PRECONDITION,
  SPENDING_LIMIT_REACHED: status.RESOURCE_EXHAUSTED,
  INSTALLATION_CLOSED: status.FAILED_PRECONDITION,
  CONTEXT_URL_INVALID: status.INVALID_ARGUMENT,
  ORGANIZATION_REQUIRED: status.INVALID_ARGUMENT,
  WORKSPACE_NEVER_STARTED: status.FAILED_PRECONDITION,
  SSH_CONFIG_INVALID: status.FAILED_PRECONDITION,
  NO_MATCHING_KEY: status.FAILED_PRECONDITION,
  KEY_NEEDS_PASSPHRASE: status.FAILED_PRECONDITION,
  KEY_NOT_FOUND: status.NOT_FOUND,
  KEY_REGISTRATION_REFUSED: status.FAILED_PRECONDITION,
  PROMPT_NOT_FOUND: status.NOT_FOUND,
  AGENT_FAILED: status.UNAVAILABLE,
  HOST_KEY_MISMATCH: status.ABORTED,
  HOST_KEYS_UNAVAILABLE: status.UNAVAILABLE,
  PORT_22_BLOCKED: status.UNAVAILABLE,
  TUNNEL_REFUSED: status.UNAVAILABLE,
  KEY_REFUSED: status.PERMISSION_DENIED,
  OWNER_TOKEN_REFUSED: status.PERMISSION_DENIED,
  SSH_ACCESS_DENIED: status.PERMISSION_DENIED,
  WORKSPACE_SSH_DOWN: status.UNAVAILABLE,
  WORKSPACE_SSH_SILENT: status.UNAVAILABLE,
  SSH_PROTOCOL_ERROR: status.UNAVAILABLE,
  SSH_CONNECTION_LOST: status.UNAVAILABLE,
  NO_USABLE_METHOD: status.FAILED_PRECONDITION,
  BACKEND_NOT_READY: status.UNAVAILABLE,
  BACKEND_NOT_CONFIGURED: status.FAILED_PRECONDITION,
  JOIN_LINK_INVALID: status.UNAVAILABLE,
  BACKEND_UNREACHABLE: status.UNAVAILABLE,
  LOCAL_PORT_IN_USE: status.FAILED_PRECONDITION,
  SSH_CONFIG_NOT_WRITABLE: status.FAILED_PRECONDITION,
  SSH_CONFIG_CONFLICT: status.FAILED_PRECONDITION,
  SSH_CONFIG_NOT_INSTALLED: status.FAILED_PRECONDITION,
  PROGRAM_NOT_FOUND: status.FAILED_PRECONDITION,
  CONNECTION_NOT_FOUND: status.NOT_FOUND,
};

const typeUrl = 'type.googleapis.com/gitpod.helper.v1.Failure';

/** A failure as the gRPC status of a call: the whole of it travels in `grpc-status-details-bin` as google.rpc.Status. */
export function failureStatus(failure: Failure): ServiceError {
  const code = statusCodes[failure.code];
  const value = Buffer.from(FailureMessage.encode(failureMessage(failure)).finish());
  const details = Status.encode({ code, message: failure.message, details: [{ typeUrl, value }] }).finish();
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(details));
  return Object.assign(new Error(failure.message), { code, details: failure.message, metadata });
}
