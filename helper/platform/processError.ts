export type ProcessFailure =
  | { readonly kind: 'not-started' }
  | { readonly kind: 'exit'; readonly exitCode: number | null; readonly signalName: NodeJS.Signals | null }
  | { readonly kind: 'deadline'; readonly deadlineMs: number }
  | { readonly kind: 'output-limit'; readonly maxOutputBytes: number };

/** A program that could not be run to a good end; has what it printed until then. */
export class ProcessError extends Error {
  override readonly name = 'ProcessError';
  readonly file: string;
  readonly failure: ProcessFailure;
  readonly stdout: string;
  readonly stderr: string;

  constructor(
    file: string,
    failure: ProcessFailure,
    output: { readonly stdout: string; readonly stderr: string },
    options?: ErrorOptions,
  ) {
    super(`${file} ${describe(failure)}`, options);
    this.file = file;
    this.failure = failure;
    this.stdout = output.stdout;
    this.stderr = output.stderr;
  }
}

function describe(failure: ProcessFailure): string {
  switch (failure.kind) {
    case 'not-started':
      return 'could not be started';
    case 'exit':
      return failure.signalName === null
        ? `ended with exit code ${failure.exitCode}`
        : `was ended by ${failure.signalName}`;
    case 'deadline':
      return `was killed: it did not end within ${failure.deadlineMs} ms`;
    case 'output-limit':
      return `was killed: it printed more than ${failure.maxOutputBytes} bytes`;
  }
}
