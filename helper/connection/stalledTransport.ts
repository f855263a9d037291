import { type Failure, failure } from '../failures.ts';
import type { ConnectionTransport } from './plan.ts';
import type { WorkspaceAddress } from './workspaceAddress.ts';

/** Why there is no SSH: what is to carry it is open, and nothing comes through it, or nothing more. */
export function stalledTransport(
  transport: ConnectionTransport,
  { sshHost, origin }: WorkspaceAddress,
  sshPort: number,
  cause: unknown,
): Failure {
  switch (transport) {
    case 'TCP': {
      const problem = 'it accepts connections, then stalls';
      return failure('PORT_22_BLOCKED', { host: sshHost, port: String(sshPort), problem }, cause);
    }
    case 'WEBSOCKET':
      return failure('TUNNEL_REFUSED', { host: new URL(origin).host, problem: 'it opens, then stalls' }, cause);
  }
}
