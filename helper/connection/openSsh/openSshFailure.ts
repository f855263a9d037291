import { type Failure, failure } from '../../failures.ts';
import { SshConfigError } from '../../ssh/errors.ts';
import { SshConfigConflictError, SshConfigWriteError } from '../../ssh/openssh/errors.ts';

/** Says what an error of the managed OpenSSH configuration means to a person; any other error is returned as it is. */
export function openSshFailure(error: unknown): unknown {
  return explain(error) ?? error;
}

function explain(error: unknown): Failure | undefined {
  if (error instanceof SshConfigWriteError) {
    return failure('SSH_CONFIG_NOT_WRITABLE', { path: error.path, problem: error.reason }, error);
  }
  if (error instanceof SshConfigConflictError) {
    const { file = '', line, reason } = error;
    return failure('SSH_CONFIG_CONFLICT', { file, line: line === undefined ? '' : `${line}`, problem: reason }, error);
  }
  if (error instanceof SshConfigError) {
    const { file = '', line, message } = error;
    return failure('SSH_CONFIG_INVALID', { file, line: line === undefined ? '' : `${line}`, problem: message }, error);
  }
  return undefined;
}
