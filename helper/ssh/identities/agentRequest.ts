import { connect } from 'node:net';
import { SshAgentError, SshKeyFormatError } from '../errors.ts';
import { type AgentAnswer, takeMessage } from './agentFrame.ts';

export interface AgentRequestOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * Sends one request to the agent at a Unix socket or Windows pipe, on a connection of its own, and gives the answer.
 *
 * @throws SshAgentError with the state the agent is in; the signal's reason when aborted.
 */
export async function requestFromAgent<Value>(
  path: string,
  request: Buffer,
  parse: (message: Buffer) => AgentAnswer<Value>,
  options: AgentRequestOptions,
): Promise<Value> {
  options.signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    let received = Buffer.alloc(0);

    const onAbort = () => settle(() => reject(options.signal.reason));
    const settle = (report: () => void) => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', onAbort);
      socket.destroy();
      report();
    };
    const fail = (error: SshAgentError) => settle(() => reject(error));
    const timer = setTimeout(() => fail(silent(path, options.timeoutMs)), options.timeoutMs);

    options.signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => socket.write(request));
    socket.once('error', (error) => fail(connectionFailed(path, error)));
    socket.once('end', () =>
      fail(new SshAgentError(path, 'malformed', `The agent at ${path} closed the connection without an answer.`)),
    );
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      try {
        const message = takeMessage(received);
        if (message === undefined) return;
        const answer = parse(message);
        if (answer.kind === 'answer') settle(() => resolve(answer.value));
        else fail(new SshAgentError(path, 'failure', `The agent at ${path} could not do what it was asked.`));
      } catch (error) {
        fail(malformed(path, error));
      }
    });
  });
}

function silent(path: string, timeoutMs: number): SshAgentError {
  return new SshAgentError(path, 'silent', `The agent at ${path} did not answer within ${timeoutMs / 1000} s.`);
}

function malformed(path: string, cause: unknown): SshAgentError {
  const detail = cause instanceof SshKeyFormatError ? cause.message : 'unexpected error';
  return new SshAgentError(path, 'malformed', `What answers at ${path} is not an SSH agent: ${detail}.`, { cause });
}

function connectionFailed(path: string, cause: NodeJS.ErrnoException): SshAgentError {
  if (cause.code === 'ENOENT') return new SshAgentError(path, 'absent', `There is no agent at ${path}.`, { cause });
  const why = cause.code === 'EACCES' ? 'permission denied' : 'nothing accepts connections there';
  return new SshAgentError(path, 'refused', `The agent at ${path} cannot be reached: ${why}.`, { cause });
}
