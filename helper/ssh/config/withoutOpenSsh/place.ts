import { SshConfigError } from '../../errors.ts';

/** A line of a configuration file. */
export interface Place {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Where values come from that no file gives; written as OpenSSH writes it. */
export const COMMAND_LINE: Place = { file: 'command-line', line: 0 };

/** Makes the error for a line, in the words OpenSSH begins its own with. */
export function errorAt({ file, line }: Place, problem: string): SshConfigError {
  return new SshConfigError(`${file} line ${line}: ${problem}`, { file, line });
}
