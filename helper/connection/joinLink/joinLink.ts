/** Where the IDE backend of a workspace is, and how its client joins it. */
export interface JoinLink {
  /** As the backend gave it. Holds the one-time `jt`: never log it. */
  readonly text: string;
  /** The backend's port inside the workspace. */
  readonly backendPort: number;
  /** The host to reach it at, as seen in the workspace. */
  readonly backendHost: string;
}

/** What `joinLink2` of the launcher tells (gitpod-wire §6). */
export interface BackendStatus {
  readonly joinLink: JoinLink;
  readonly pid: number;
  /** `IU-243.1234`; empty when not told. */
  readonly ideVersion: string;
  readonly projectPath: string;
}

/** What the launcher gave is no join link. Its message ends a sentence and never quotes the link. */
export class MalformedJoinLinkError extends Error {
  override readonly name = 'MalformedJoinLinkError';
}

/** Scheme, authority with a port, and everything behind, which stays as it is. */
const form = /^(tcp:\/\/)(\[[0-9a-f:.]+\]|[^/?#:@\s]+):(\d{1,5})((?:[/?#].*)?)$/i;

/** Reads a join link, `tcp://host:port#…`. @throws MalformedJoinLinkError */
export function parseJoinLink(text: string): JoinLink {
  const [, , host = '', port = ''] = form.exec(text) ?? [];
  const backendPort = Number(port);
  if (host === '') throw new MalformedJoinLinkError('it is not of the form tcp://host:port#…');
  if (backendPort < 1 || backendPort > 65_535) throw new MalformedJoinLinkError('its port is out of range');
  return { text, backendPort, backendHost: loopbackHost(host) };
}

/**
 * The link for a client on this machine: host and port of the local end, the rest byte for byte. The client pins the
 * backend's certificate by `fp` and the backend wants the one-time `jt`, both in the fragment.
 */
export function rewriteJoinLink(link: JoinLink, localPort: number): string {
  return link.text.replace(form, (_, scheme: string, _host, _port, rest: string) => {
    return `${scheme}127.0.0.1:${localPort}${rest}`;
  });
}

/** Reads the body of `joinLink2`. @throws MalformedJoinLinkError */
export function parseBackendStatus(body: string): BackendStatus {
  const status = parseJson(body);
  if (typeof status !== 'object' || status === null) throw new MalformedJoinLinkError('it is not a JSON object');
  const {
    joinLink,
    appPid,
    ideVersion,
    projectPath,
  }: { joinLink?: unknown; appPid?: unknown; ideVersion?: unknown; projectPath?: unknown } = status;
  if (typeof joinLink !== 'string' || joinLink === '') throw new MalformedJoinLinkError('it has no joinLink');
  return {
    joinLink: parseJoinLink(joinLink),
    pid: typeof appPid === 'number' && appPid > 0 ? appPid : 0,
    ideVersion: typeof ideVersion === 'string' ? ideVersion : '',
    projectPath: typeof projectPath === 'string' ? projectPath : '',
  };
}

/** The parser's own error would quote the text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedJoinLinkError('it is not JSON');
  }
}

/** A backend that listens on every address, or says so under another name of this host, is on loopback as well. */
function loopbackHost(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return bare === 'localhost' || bare === '::1' || bare.startsWith('127.') ? bare : '127.0.0.1';
}
