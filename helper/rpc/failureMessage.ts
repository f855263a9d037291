import type { Failure } from '../failures.ts';
import { FailureCode, type Failure as FailureMessage, RemedyAction } from '../gen/gitpod/helper/v1/failure.ts';

/** A failure in the contract's form. */
export function failureMessage(failure: Failure): FailureMessage {
  return {
    code: FailureCode[failure.code],
    message: failure.message,
    remedies: failure.remedies.map((remedy) => ({
      action: RemedyAction[remedy.action],
      text: remedy.text,
      command: remedy.command ?? '',
      url: remedy.url ?? '',
    })),
    retryable: failure.retryable,
    details: { ...failure.details },
  };
}
