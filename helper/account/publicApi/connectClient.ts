import { Deadline } from '../../platform/deadline.ts';
import type { Network } from '../../platform/network/network.ts';
import type { Secret } from '../../platform/secret.ts';
import { encodeEnvelope, readEnvelopes } from './connectEnvelope.ts';
import { ConnectError, connectErrorOf } from './connectError.ts';

const callTimeoutMs = 20_000;
const maxMessageBytes = 32 * 1024 * 1024;

/** Calls services by the Connect protocol with JSON over HTTPS (gitpod-wire §3.5). Redirects are never followed. */
export class ConnectClient {
  readonly #origin: string;
  readonly #network: Network;

  /** @param origin `https://api.<host>` */
  constructor(origin: string, network: Network) {
    this.#origin = origin;
    this.#network = network;
  }

  /**
   * Makes a call without streams.
   *
   * @param method `gitpod.v1.UserService/GetAuthenticatedUser`
   * @returns the parsed answer, whatever it is.
   * @throws ConnectError, SyntaxError for an answer that is not JSON, DeadlineError, Node's own error, or the signal's reason.
   */
  async call(method: string, request: object, token: Secret, signal: AbortSignal): Promise<unknown> {
    using deadline = new Deadline(method, callTimeoutMs, signal);
    const { status, headers, body } = await this.#network.post(new URL(`/${method}`, this.#origin), {
      headers: { ...headersFor(token), 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(request)),
      signal: deadline.signal,
      maxBodyBytes: maxMessageBytes,
    });
    const text = body.toString('utf8');
    if (status !== 200) throw connectErrorOf(status, headers['retry-after'], text);
    return JSON.parse(text);
  }

  /**
   * Makes a call that is answered by a stream, and gives its messages as they come, until it ends or the signal aborts.
   *
   * @throws as {@link call}; EnvelopeError for a stream that is not one of Connect.
   */
  async *stream(method: string, request: object, token: Secret, signal: AbortSignal): AsyncGenerator<unknown> {
    const { status, headers, body } = await this.#network.stream(
      new URL(`/${method}`, this.#origin),
      { ...headersFor(token), 'content-type': 'application/connect+json' },
      encodeEnvelope(Buffer.from(JSON.stringify(request))),
      signal,
    );
    if (status !== 200) {
      body.destroy();
      throw connectErrorOf(status, headers['retry-after'], '');
    }
    for await (const { isEnd, payload } of readEnvelopes(body, maxMessageBytes)) {
      const message: unknown = JSON.parse(payload.toString('utf8'));
      if (!isEnd) yield message;
      else if (hasError(message)) throw ConnectError.of(message.error);
    }
  }
}

function headersFor(token: Secret): Record<string, string> {
  return { authorization: `Bearer ${token.reveal()}`, 'connect-protocol-version': '1' };
}

function hasError(message: unknown): message is { readonly error: unknown } {
  return typeof message === 'object' && message !== null && 'error' in message;
}
