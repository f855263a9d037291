import type { Duplex } from 'node:stream';
import { failure } from '../failures.ts';
import { redactText } from '../log.ts';
import { Deadline } from '../platform/deadline.ts';
import type { OpenSshEnvironment } from '../ssh/config/openSsh.ts';
import { describeUserProxy, type UserProxy } from '../ssh/config/userProxy.ts';
import { identificationString } from './identificationString.ts';
import { insideUserProxy } from './insideUserProxy.ts';

/** A jump is a whole SSH handshake of its own. */
const answerTimeoutMs = 30_000;

/**
 * Reaches the SSH gateway's port by the user's own ProxyJump or ProxyCommand, and waits until an SSH server answers: a
 * program that was started shows nothing else of its success.
 *
 * @throws Failure PORT_22_BLOCKED with the ProxyCommandError as its cause; or the signal's reason.
 */
export async function dialByUserProxy(
  proxy: UserProxy,
  host: string,
  port: number,
  { env }: OpenSshEnvironment,
  signal: AbortSignal,
): Promise<Duplex> {
  // At first use: the start is quicker without child processes.
  const { ProxyCommandError, ProxyCommandStream } = await import('../ssh/client/proxyCommandStream.ts');
  signal.throwIfAborted();
  using deadline = new Deadline('reaching the SSH gateway', answerTimeoutMs, signal);
  const stream = new ProxyCommandStream(proxy.argv, { ...env, [insideUserProxy]: '1' });
  try {
    await identificationString(stream, deadline.signal);
    return stream;
  } catch (error) {
    signal.throwIfAborted();
    const { keyword } = proxy;
    const why = error instanceof ProxyCommandError ? redactText(error.message) : 'no SSH server answers';
    const problem = `${describeUserProxy(proxy)} does not lead there, ${why}`;
    throw failure('PORT_22_BLOCKED', { host, port: String(port), problem, proxyKeyword: keyword }, error);
  }
}
