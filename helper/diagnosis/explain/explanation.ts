/** What a text that somebody has met means. */
export interface Explanation {
  /** What it is, in one sentence. */
  readonly meaning: string;
  /** Which credential is asked for, where one is. */
  readonly credential: Credential;
  /** What to do, a sentence or command each. */
  readonly todo: readonly string[];
}

/** What a prompt wants; the two look alike and are never the same. */
export type Credential = 'NONE' | 'OWNER_TOKEN' | 'KEY_PASSPHRASE' | 'OTHER_PASSWORD';

/** One kind of text that people meet. */
export interface KnownText {
  readonly pattern: RegExp;
  readonly explain: (groups: Readonly<Record<string, string | undefined>>) => Explanation;
}

/** An explanation without a credential. */
export function meaning(text: string, ...todo: readonly string[]): Explanation {
  return { meaning: text, credential: 'NONE', todo };
}
