import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type ClientRequest, get as getPlain, type IncomingMessage } from 'node:http';
import { get as getSecure } from 'node:https';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import type { EmbeddedGitpod, EmbeddedUser } from '../embedded-gitpod/embeddedGitpod.ts';

/** The page a browser has ended on. */
export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly body: string;
}

/** What the user does on the page that asks whether a client may have access. */
export type Approval = 'yes' | 'no';

const mostRedirects = 10;

/**
 * A browser in which a user of the embedded Gitpod is signed in, or signs in when asked to: follows redirects, keeps the
 * session's cookie to the installation, and answers the approval page as the dashboard does (gitpod-wire §1.3).
 *
 * As a program: `browser.ts --host HOST --ca-file FILE --session SESSION URL` prints the status of the page it ends on.
 */
export class Browser {
  readonly #gitpod: Pick<EmbeddedGitpod, 'host' | 'caFile'>;
  readonly #user: Pick<EmbeddedUser, 'session'>;
  #isSignedIn = false;

  constructor(gitpod: Pick<EmbeddedGitpod, 'host' | 'caFile'>, user: Pick<EmbeddedUser, 'session'>) {
    this.#gitpod = gitpod;
    this.#user = user;
  }

  /** Opens a page and goes where it leads. */
  async open(url: string, approval: Approval = 'yes'): Promise<Page> {
    return this.#walk(new URL(url), approval, () => false);
  }

  /** The address outside the installation that the sign-in leads to; it is not opened, as by a browser on another machine. */
  async addressAfter(url: string, approval: Approval = 'yes'): Promise<URL> {
    const { url: address } = await this.#walk(new URL(url), approval, ({ host }) => host !== this.#gitpod.host);
    return address;
  }

  async #walk(first: URL, approval: Approval, isEnd: (url: URL) => boolean): Promise<Page> {
    let url = first;
    for (let redirects = 0; redirects < mostRedirects; redirects++) {
      if (isEnd(url)) return { url, status: 0, body: '' };
      const { status, location, body } = await this.#get(url);
      const next = location ?? this.#act(url, approval);
      if (next === undefined) return { url, status, body };
      url = new URL(next, url);
    }
    throw new Error(`more than ${mostRedirects} redirects from ${first.origin}`);
  }

  /** What the user does on a page of the dashboard: where it leads. */
  #act(url: URL, approval: Approval): string | undefined {
    if (url.host !== this.#gitpod.host) return undefined;
    const returnToPath = url.searchParams.get('returnToPath');
    switch (url.pathname) {
      case '/login':
        this.#isSignedIn = true;
        return returnToPath ?? '/';
      case '/oauth-approval':
        return `${returnToPath}&approved=${approval}`;
      default:
        return undefined;
    }
  }

  async #get(url: URL): Promise<Answer> {
    if (url.protocol === 'http:') return answerTo(getPlain(url, { agent: false }));
    const cookie = this.#isSignedIn ? { Cookie: `other=1; _gitpod_session=${this.#user.session}` } : {};
    const headers = { Host: url.host, ...cookie };
    const ca = await readFile(this.#gitpod.caFile, 'utf8');
    return answerTo(getSecure(url, { agent: false, ca, headers, hostname: '127.0.0.1', servername: url.hostname }));
  }
}

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
}

async function answerTo(request: ClientRequest): Promise<Answer> {
  const [response]: IncomingMessage[] = await once(request, 'response');
  if (response === undefined) throw new Error('no response');
  return { status: response.statusCode ?? 0, location: response.headers.location, body: await text(response) };
}

if (import.meta.main) {
  const text = { type: 'string', default: '' } as const;
  const { values, positionals } = parseArgs({
    options: { host: text, 'ca-file': text, session: text },
    allowPositionals: true,
  });
  const browser = new Browser({ host: values.host, caFile: values['ca-file'] }, { session: values.session });
  process.stdout.write(`${(await browser.open(positionals[0] ?? '')).status}\n`);
}
