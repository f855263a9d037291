import type { Duplex } from 'node:stream';
import { networkFailure, reachProblem } from '../account/networkFailure.ts';
import { failure } from '../failures.ts';
import { Deadline } from '../platform/deadline.ts';
import type { Network } from '../platform/network/network.ts';

const dialTimeoutMs = 10_000;

/**
 * Connects to the SSH gateway's port over TCP.
 *
 * @throws Failure HOST_NOT_FOUND or PORT_22_BLOCKED; or the signal's reason.
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
    if (problem.code === 'HOST_NOT_FOUND') throw problem;
    const reason = deadline.signal.aborted ? 'it does not answer' : reachProblem(error);
    throw failure('PORT_22_BLOCKED', { host, port: String(port), problem: reason }, error);
  }
}
