import type { Duplex } from 'node:stream';
import { dialByUserProxy } from '../connection/dialByUserProxy.ts';
import { dialSshGateway } from '../connection/dialSshGateway.ts';
import { identificationString, NoIdentificationError } from '../connection/identificationString.ts';
import type { WorkspaceAddress } from '../connection/workspaceAddress.ts';
import { Failure, failure } from '../failures.ts';
import { Deadline } from '../platform/deadline.ts';
import type { Examination } from './examination.ts';

const timeoutMs = 10_000;

/** What the SSH gateway's port says first. */
export interface SshPortAnswer {
  /** RFC 4253 §4.2. */
  readonly identification: string;
  readonly elapsedMs: number;
}

/** Reads what the SSH gateway's port says first, once for all. @throws Failure PORT_22_BLOCKED, SSH_PROTOCOL_ERROR, … */
export function askSshPort(examination: Examination, address: WorkspaceAddress): Promise<SshPortAnswer> {
  return examination.fact('ssh-port', async () => {
    const startedAt = performance.now();
    const identification = await readIdentification(examination, address, examination.subject.signal);
    return { identification, elapsedMs: Math.round(performance.now() - startedAt) };
  });
}

/** @throws Failure PORT_22_BLOCKED, SSH_PROTOCOL_ERROR, … */
async function readIdentification(
  examination: Examination,
  address: WorkspaceAddress,
  signal: AbortSignal,
): Promise<string> {
  const { sshHost: host } = address;
  const port = String(examination.subject.core.context.sshPort);
  using deadline = new Deadline('the identification string', timeoutMs, signal);
  let stream: Duplex | undefined;
  try {
    stream = await openSshPort(examination, address, deadline.signal);
    return await identificationString(stream, deadline.signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Failure) throw error;
    if (deadline.signal.aborted) {
      throw failure('PORT_22_BLOCKED', { host, port, problem: 'it accepts connections, then stalls' }, error);
    }
    const problem =
      error instanceof NoIdentificationError ? error.message : 'it closed the connection before any key exchange';
    throw failure('SSH_PROTOCOL_ERROR', { host, problem }, error);
  } finally {
    stream?.destroy();
  }
}

/** Opens the SSH gateway's port as a connection would. @throws Failure */
export async function openSshPort(
  examination: Examination,
  { sshHost }: WorkspaceAddress,
  signal: AbortSignal,
): Promise<Duplex> {
  const { ref, core } = examination.subject;
  const { network, openSsh, sshPort } = core.context;
  const userProxy = ref === undefined ? undefined : (await examination.plan()).userProxy;
  return userProxy === undefined
    ? dialSshGateway(sshHost, sshPort, network, signal)
    : dialByUserProxy(userProxy, sshHost, sshPort, openSsh, signal);
}
