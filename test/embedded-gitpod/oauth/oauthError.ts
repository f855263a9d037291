import { type Answer, answer, json } from '../https/answer.ts';

/** The OAuth server refuses a request: answered as `{"status", "message"}` (gitpod-wire §1.5). */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly status: 400 | 401;

  constructor(status: 400 | 401, message: string) {
    super(message);
    this.status = status;
  }
}

/** The answer to a refused request. */
export function refusal({ status, message }: OAuthError): Answer {
  return answer(status, JSON.stringify({ status, message }), json);
}
