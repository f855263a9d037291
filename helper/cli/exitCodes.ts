import type { FailureCode } from '../failures.ts';

/**
 * The exit codes of the command line:
 * 0 done; 1 a fault of the helper itself; 2 wrong usage (an option, a workspace id);
 * 3 sign in first; 4 the workspace is not there or not running; 5 the network or installation is in the way;
 * 6 no way into the workspace (keys, host keys, SSH); 7 the IDE backend is in the way.
 */
export function exitCodeOf(code: FailureCode): number {
  switch (code) {
    case 'INVALID_ARGUMENT':
    case 'WORKSPACE_ID_INVALID':
    case 'FILE_UNREADABLE':
    case 'LOCAL_PORT_IN_USE':
    case 'SSH_CONFIG_INVALID':
    case 'CONTEXT_URL_INVALID':
    case 'ORGANIZATION_REQUIRED':
    case 'KEY_NOT_FOUND':
    case 'SSH_CONFIG_NOT_WRITABLE':
    case 'SSH_CONFIG_CONFLICT':
    case 'SSH_CONFIG_NOT_INSTALLED':
    case 'PROGRAM_NOT_FOUND':
      return 2;
    case 'SIGN_IN_REQUIRED':
    case 'SIGN_IN_DECLINED':
    case 'SIGN_IN_TIMED_OUT':
    case 'SIGN_IN_FAILED':
    case 'SIGN_IN_PORTS_TAKEN':
    case 'KEYCHAIN_FAILED':
    case 'SCOPE_MISSING':
    case 'PERMISSION_DENIED':
    case 'USER_BLOCKED':
      return 3;
    case 'WORKSPACE_NOT_FOUND':
    case 'WORKSPACE_STOPPED':
    case 'WORKSPACE_STARTING':
    case 'WORKSPACE_FAILED':
    case 'TOO_MANY_RUNNING_WORKSPACES':
    case 'WORKSPACE_NEVER_STARTED':
    case 'VERIFICATION_REQUIRED':
    case 'SPENDING_LIMIT_REACHED':
    case 'INSTALLATION_CLOSED':
      return 4;
    case 'DEADLINE_EXCEEDED':
    case 'RATE_LIMITED':
    case 'HOST_NOT_FOUND':
    case 'HOST_UNREACHABLE':
    case 'TLS_UNTRUSTED':
    case 'PROXY_AUTH_REQUIRED':
    case 'PROXY_FAILED':
    case 'NOT_AN_INSTALLATION':
    case 'INSTALLATION_ERROR':
    case 'PORT_22_BLOCKED':
    case 'TUNNEL_REFUSED':
    case 'SSH_CONNECTION_LOST':
      return 5;
    case 'NO_MATCHING_KEY':
    case 'AGENT_FAILED':
    case 'KEY_NEEDS_PASSPHRASE':
    case 'KEY_REGISTRATION_REFUSED':
    case 'HOST_KEY_MISMATCH':
    case 'HOST_KEYS_UNAVAILABLE':
    case 'KEY_REFUSED':
    case 'OWNER_TOKEN_REFUSED':
    case 'SSH_ACCESS_DENIED':
    case 'WORKSPACE_SSH_DOWN':
    case 'WORKSPACE_SSH_SILENT':
    case 'SSH_PROTOCOL_ERROR':
    case 'NO_USABLE_METHOD':
      return 6;
    case 'BACKEND_NOT_READY':
    case 'BACKEND_NOT_CONFIGURED':
    case 'JOIN_LINK_INVALID':
    case 'BACKEND_UNREACHABLE':
      return 7;
    case 'INTERNAL':
    case 'NOT_INITIALIZED':
    case 'PROTOCOL_VERSION_UNSUPPORTED':
    case 'CANCELLED':
    case 'SHUTTING_DOWN':
    case 'MESSAGE_TOO_LARGE':
    case 'CONNECTION_NOT_FOUND':
    case 'PROMPT_NOT_FOUND':
      return 1;
  }
}
