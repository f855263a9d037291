import { createHmac, timingSafeEqual } from 'node:crypto';

/** Makes and reads compact JWTs (RFC 7519) with HMAC-SHA256. */
export class JsonWebTokens {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  sign(claims: Readonly<Record<string, unknown>>): string {
    const content = [{ alg: 'HS256', typ: 'JWT' }, claims].map(encode).join('.');
    return `${content}.${this.#signature(content).toString('base64url')}`;
  }

  /** The claims; undefined if it is not one of ours. */
  open(token: string): Readonly<Record<string, unknown>> | undefined {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const expected = this.#signature(`${header}.${payload}`);
    const given = Buffer.from(signature, 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  }

  #signature(content: string): Buffer {
    return createHmac('sha256', this.#key).update(content).digest();
  }
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
