import type { Duplex } from 'node:stream';
import { networkFailure, reachProblem } from '../account/networkFailure.ts';
import { failure } from '../failures.ts';
import { Deadline } from '../platform/deadline.ts';
import type { Network } from '../platform/network/network.ts';

const dialTimeoutMs = 10_000;

/**
 * Connects to the SSH gateway's port over TCP, by the proxy when it is to carry SSH.
 *
 * @throws Failure HOST_NOT_FOUND, PROXY_AUTH_REQUIRED or PORT_22_BLOCKED; or the signal's reason.
 */
export async function dialSshGateway(
  host: string,
  port: number,
  network: Network,
  signal: AbortSignal,
): Promise<Duplex> {
  using deadline = new Deadline('connecting to the SSH gateway', dialTimeoutMs, signal);
  try {
    return await network.dial(host, port, deadline.signal);
  } catch (error) {
    signal.throwIfAborted();
    const problem = networkFailure(error, host);
    if (problem.code === 'HOST_NOT_FOUND' || problem.code === 'PROXY_AUTH_REQUIRED') throw problem;
    if (problem.code === 'PROXY_FAILED') {
      const { proxy = '', problem: why = '' } = problem.details;
      throw failure(
        'PORT_22_BLOCKED',
        { host, port: String(port), problem: `the proxy ${proxy} does not lead there, ${why}` },
        error,
      );
    }
    const reason = deadline.signal.aborted ? 'it does not answer' : reachProblem(error);
    throw failure('PORT_22_BLOCKED', { host, port: String(port), problem: reason }, error);
  }
}
