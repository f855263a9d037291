/** What a front end can offer as a button. */
export type RemedyAction =
  | 'RETRY'
  | 'SIGN_IN'
  | 'START_WORKSPACE'
  | 'OPEN_URL'
  | 'RUN_COMMAND'
  | 'CHANGE_SETTING'
  | 'COLLECT_DIAGNOSTICS';

/** One thing a person can do about a failure. */
export interface Remedy {
  readonly action: RemedyAction;
  readonly text: string;
  readonly command?: string;
  readonly url?: string;
}

interface Situation {
  readonly message: string;
  readonly remedies: readonly Remedy[];
  /** True when the same call may work later without anything being changed. */
  readonly retryable?: boolean;
}

const retry: Remedy = { action: 'RETRY', text: 'Try again' };
const checkNetwork: Remedy = { action: 'RETRY', text: 'Check the network connection, VPN or proxy, then try again' };
const report: Remedy = { action: 'COLLECT_DIAGNOSTICS', text: 'Collect diagnostics and report the problem' };

const signIn = (host: string): Remedy => ({
  action: 'SIGN_IN',
  text: `Sign in, or set GITPOD_TOKEN to a personal access token of ${host}`,
  command: `gitpod-helper login --host ${host}`,
  url: `https://${host}/user/tokens`,
});

const startWorkspace = (host: string, workspaceId: string): Remedy => ({
  action: 'START_WORKSPACE',
  text: 'Start the workspace',
  url: `https://${host}/start/#${workspaceId}`,
});

const listWorkspaces = (host: string): Remedy => ({
  action: 'RUN_COMMAND',
  text: 'Look up the workspace in the list',
  command: `gitpod-helper list --host ${host}`,
});

const explainPlan = (workspaceId: string): Remedy => ({
  action: 'RUN_COMMAND',
  text: 'See every way in with the reason it is or is not taken',
  command: `gitpod-helper plan ${workspaceId}`,
});

const registerKey = (host: string): Remedy => ({
  action: 'OPEN_URL',
  text: `Add a public key of this machine to your account on ${host}`,
  url: `https://${host}/keys`,
});

type InWorkspace = { host: string; workspaceId: string };

/** `subject` is whom the certificate is for, `issuer` who issued the topmost one that came with it; empty when not known. */
const certificateInWords = (d: { subject?: string; issuer?: string }): string =>
  d.subject === undefined || d.issuer === undefined ? '' : ` (it is for "${d.subject}", issued by "${d.issuer}")`;

/**
 * Every situation a person can act on: its message, its remedies, and the facts they are made of.
 * A {@link Failure} can be made from nothing else, so no internal leaks into one.
 */
const situations = {
  INTERNAL: (d: { id: string }): Situation => ({
    message: `Something went wrong inside the helper; its log has the cause under "${d.id}".`,
    remedies: [retry, report],
    retryable: true,
  }),
  NOT_INITIALIZED: (_: Record<never, string>): Situation => ({
    message: 'Initialize must be the first call to the helper.',
    remedies: [{ action: 'RETRY', text: 'Call HelperService.Initialize first' }],
  }),
  PROTOCOL_VERSION_UNSUPPORTED: (d: { offered: string; supported: string }): Situation => ({
    message: `The front end speaks protocol ${d.offered}, this helper ${d.supported}.`,
    remedies: [{ action: 'CHANGE_SETTING', text: 'Update the front end and the helper to the same release' }],
  }),
  INVALID_ARGUMENT: (d: { argument: string; problem: string }): Situation => ({
    message: `${d.argument}: ${d.problem}.`,
    remedies: [{ action: 'CHANGE_SETTING', text: `Correct ${d.argument}` }],
  }),
  CANCELLED: (_: Record<never, string>): Situation => ({ message: 'The call was cancelled.', remedies: [retry] }),
  DEADLINE_EXCEEDED: (d: { what: string; timeoutMs: string }): Situation => ({
    message: `${d.what} did not finish within ${Math.round(Number(d.timeoutMs) / 1000)} s.`,
    remedies: [checkNetwork],
    retryable: true,
  }),
  SHUTTING_DOWN: (_: Record<never, string>): Situation => ({
    message: 'The helper is shutting down.',
    remedies: [{ action: 'RETRY', text: 'Start the helper again' }],
    retryable: true,
  }),
  MESSAGE_TOO_LARGE: (d: { limitBytes: string }): Situation => ({
    message: `A message was larger than the limit of ${d.limitBytes} bytes.`,
    remedies: [{ action: 'CHANGE_SETTING', text: 'Ask for less at once, a smaller page for instance' }],
  }),
  FILE_UNREADABLE: (d: { path: string; purpose: string; problem: string }): Situation => ({
    message: `The file ${d.path} (${d.purpose}) cannot be used: ${d.problem}.`,
    remedies: [{ action: 'CHANGE_SETTING', text: `Check the path and the permissions of ${d.path}` }],
  }),

  SIGN_IN_REQUIRED: (d: { host: string; why: string }): Situation => ({
    message: `${d.host} wants you to sign in: ${d.why}.`,
    remedies: [signIn(d.host)],
  }),
  SCOPE_MISSING: (d: { host: string; method: string }): Situation => ({
    message: `The token for ${d.host} does not permit ${d.method}.`,
    remedies: [
      { ...signIn(d.host), text: `Sign in to ${d.host} again, or use a token with the scope function:${d.method}` },
    ],
  }),
  PERMISSION_DENIED: (d: { host: string; method: string }): Situation => ({
    message: `${d.host} does not permit ${d.method} to this account.`,
    remedies: [{ ...signIn(d.host), text: 'Sign in with another account' }],
  }),
  USER_BLOCKED: (d: { host: string }): Situation => ({
    message: `Your account on ${d.host} is blocked.`,
    remedies: [{ action: 'OPEN_URL', text: 'Ask the support of the installation', url: `https://${d.host}` }],
  }),
  SIGN_IN_DECLINED: (d: { host: string }): Situation => ({
    message: `The sign-in to ${d.host} was declined in the browser.`,
    remedies: [{ ...signIn(d.host), text: 'Sign in again and approve the access, or use a personal access token' }],
  }),
  SIGN_IN_TIMED_OUT: (d: { host: string; timeoutMs: string }): Situation => ({
    message: `The browser did not come back from the sign-in to ${d.host} within ${Math.round(Number(d.timeoutMs) / 1000)} s.`,
    remedies: [{ ...signIn(d.host), text: 'Sign in again and finish it in the browser' }],
    retryable: true,
  }),
  SIGN_IN_FAILED: (d: { host: string; problem: string }): Situation => ({
    message: `${d.host} did not complete the sign-in: ${d.problem}.`,
    remedies: [{ ...signIn(d.host), text: 'Sign in again, or use a personal access token' }],
    retryable: true,
  }),
  SIGN_IN_PORTS_TAKEN: (d: { host: string; ports: string }): Situation => ({
    message: `The sign-in to ${d.host} cannot start: other programs use all of the ports ${d.ports} of 127.0.0.1.`,
    remedies: [
      { action: 'RETRY', text: 'End other sign-ins that are under way, then try again' },
      {
        ...signIn(d.host),
        text: 'Make a personal access token and sign in with it',
        command: `gitpod-helper login --host ${d.host} --token-stdin`,
      },
    ],
    retryable: true,
  }),
  KEYCHAIN_FAILED: (d: { keychain: string; problem: string }): Situation => ({
    message: `The keychain (${d.keychain}) cannot be used: ${d.problem}.`,
    remedies: [
      { action: 'RETRY', text: 'Unlock the keychain and permit the access, then try again' },
      {
        action: 'CHANGE_SETTING',
        text: 'Set GITPOD_TOKEN to a personal access token: the keychain is left alone then',
      },
    ],
    retryable: true,
  }),
  RATE_LIMITED: (d: { host: string; retryAfterSeconds: string }): Situation => ({
    message: `${d.host} takes no more calls for ${d.retryAfterSeconds} s.`,
    remedies: [{ action: 'RETRY', text: `Wait ${d.retryAfterSeconds} s, then try again` }],
    retryable: true,
  }),

  HOST_NOT_FOUND: (d: { host: string }): Situation => ({
    message: `The host name ${d.host} cannot be resolved.`,
    remedies: [{ action: 'CHANGE_SETTING', text: 'Check the spelling of the host' }, checkNetwork],
    retryable: true,
  }),
  HOST_UNREACHABLE: (d: { host: string; problem: string }): Situation => ({
    message: `${d.host} cannot be reached: ${d.problem}.`,
    remedies: [checkNetwork],
    retryable: true,
  }),
  TLS_UNTRUSTED: (d: { host: string; problem: string; subject?: string; issuer?: string }): Situation => ({
    message: `The TLS certificate of ${d.host} is not trusted: ${d.problem}${certificateInWords(d)}.`,
    remedies: [
      {
        action: 'CHANGE_SETTING',
        text: 'If the installation or your company uses its own certificate authority, name its certificate',
        command: 'gitpod-helper … --ca-file PATH',
      },
      {
        action: 'CHANGE_SETTING',
        text: 'In an IDE, accept that certificate authority in its settings (Server Certificates)',
      },
      {
        action: 'CHANGE_SETTING',
        text: 'If you do not know who issued it, a proxy or antivirus may be opening the connection: ask your administrators',
      },
    ],
  }),
  PROXY_AUTH_REQUIRED: (d: { proxy: string; problem: string }): Situation => ({
    message: `The proxy ${d.proxy} wants a user name and password: ${d.problem}.`,
    remedies: [
      { action: 'CHANGE_SETTING', text: 'Give user name and password in the proxy settings of the IDE' },
      {
        action: 'CHANGE_SETTING',
        text: 'On a command line, put them into HTTPS_PROXY, as in http://NAME:PASSWORD@HOST:PORT',
      },
    ],
  }),
  PROXY_FAILED: (d: { proxy: string; host: string; problem: string }): Situation => ({
    message: `The proxy ${d.proxy} does not lead to ${d.host}: ${d.problem}.`,
    remedies: [
      { action: 'CHANGE_SETTING', text: 'Check the proxy in the settings of the IDE, in HTTPS_PROXY or after --proxy' },
      { action: 'CHANGE_SETTING', text: `If ${d.host} is reached without a proxy, add it to NO_PROXY` },
      retry,
    ],
    retryable: true,
  }),
  NOT_AN_INSTALLATION: (d: { host: string; problem: string }): Situation => ({
    message: `${d.host} does not answer as a Gitpod installation: ${d.problem}.`,
    remedies: [
      { action: 'CHANGE_SETTING', text: 'Check the host' },
      { action: 'RETRY', text: 'If this network wants a sign-in, sign in to it with a browser, then try again' },
    ],
  }),
  INSTALLATION_ERROR: (d: { host: string; method: string; problem: string }): Situation => ({
    message: `${d.host} could not do ${d.method}: ${d.problem}.`,
    remedies: [retry],
    retryable: true,
  }),

  WORKSPACE_ID_INVALID: (d: { workspaceId: string }): Situation => ({
    message: `"${d.workspaceId}" is not a workspace id.`,
    remedies: [
      { action: 'CHANGE_SETTING', text: 'Use an id such as acme-app-ab12cd34ef5, the first part of the workspace URL' },
      { action: 'RUN_COMMAND', text: 'List your workspaces', command: 'gitpod-helper list' },
    ],
  }),
  WORKSPACE_NOT_FOUND: (d: InWorkspace): Situation => ({
    message: `There is no workspace ${d.workspaceId} for your account on ${d.host}.`,
    remedies: [listWorkspaces(d.host)],
  }),
  WORKSPACE_STOPPED: (d: InWorkspace & { phase: string; why: string }): Situation => ({
    message: `The workspace ${d.workspaceId} is ${d.phase}${d.why === '' ? '' : `: ${d.why}`}.`,
    remedies: [startWorkspace(d.host, d.workspaceId)],
  }),
  WORKSPACE_STARTING: (d: InWorkspace & { phase: string }): Situation => ({
    message: `The workspace ${d.workspaceId} is not running yet (${d.phase}).`,
    remedies: [{ action: 'RETRY', text: 'Wait until it runs, then try again' }],
    retryable: true,
  }),
  WORKSPACE_FAILED: (d: InWorkspace & { problem: string }): Situation => ({
    message: `The workspace ${d.workspaceId} could not be started: ${d.problem}.`,
    remedies: [
      { ...startWorkspace(d.host, d.workspaceId), text: 'Start the workspace in the browser, which shows its log' },
      retry,
    ],
  }),
  TOO_MANY_RUNNING_WORKSPACES: (d: InWorkspace): Situation => ({
    message: `The workspace ${d.workspaceId} was not started: as many workspaces run as your account may have.`,
    remedies: [
      { action: 'OPEN_URL', text: 'Stop another workspace, then try again', url: `https://${d.host}/workspaces` },
    ],
  }),
  VERIFICATION_REQUIRED: (d: { host: string }): Situation => ({
    message: `Your account on ${d.host} must be verified before it may start workspaces.`,
    remedies: [{ action: 'OPEN_URL', text: 'Verify the account', url: `https://${d.host}/workspaces` }],
  }),
  SPENDING_LIMIT_REACHED: (d: { host: string }): Situation => ({
    message: `No workspace was started on ${d.host}: the spending limit of the organization is reached.`,
    remedies: [{ action: 'OPEN_URL', text: 'Look at the limit, or ask the owner', url: `https://${d.host}/billing` }],
  }),
  INSTALLATION_CLOSED: (d: { host: string; problem: string }): Situation => ({
    message: `${d.host} starts no workspaces now: ${d.problem}.`,
    remedies: [{ action: 'OPEN_URL', text: 'See what the installation says', url: `https://${d.host}/workspaces` }],
  }),
  CONTEXT_URL_INVALID: (d: { host: string; contextUrl: string; problem: string }): Situation => ({
    message: `No workspace can be made from ${d.contextUrl}: ${d.problem}.`,
    remedies: [
      { action: 'CHANGE_SETTING', text: 'Check the URL: that of a repository, a branch, an issue or a pull request' },
      {
        action: 'OPEN_URL',
        text: 'Let the installation into the repository',
        url: `https://${d.host}/user/integrations`,
      },
    ],
  }),
  ORGANIZATION_REQUIRED: (d: { host: string; organizations: string }): Situation => ({
    message: `You are in several organizations on ${d.host}; say which one shall own the workspace: ${d.organizations}.`,
    remedies: [
      {
        action: 'CHANGE_SETTING',
        text: 'Name the organization',
        command: 'gitpod-helper create … --organization ID',
      },
    ],
  }),
  WORKSPACE_NEVER_STARTED: (d: InWorkspace): Situation => ({
    message: `The workspace ${d.workspaceId} was never started.`,
    remedies: [startWorkspace(d.host, d.workspaceId)],
  }),

  SSH_CONFIG_INVALID: (d: { problem: string; file: string; line: string }): Situation => ({
    message: `Your OpenSSH configuration has an error: ${d.problem}.`,
    remedies: [
      {
        action: 'CHANGE_SETTING',
        text: d.file === '' ? 'Correct it' : `Correct ${d.file}${d.line === '' ? '' : `, line ${d.line}`}`,
      },
    ],
  }),
  NO_MATCHING_KEY: (d: InWorkspace & { reason: string }): Situation => ({
    message: `No key of this machine can be used for ${d.workspaceId}: ${d.reason}`,
    remedies: [
      registerKey(d.host),
      { action: 'RUN_COMMAND', text: 'See every key with its verdict', command: 'gitpod-helper keys' },
    ],
  }),
  KEY_NEEDS_PASSPHRASE: (d: { path: string }): Situation => ({
    message: `The key ${d.path} was not used: its passphrase was not given, or was wrong.`,
    remedies: [
      { action: 'RUN_COMMAND', text: 'Give the key to your SSH agent once', command: `ssh-add ${d.path}` },
      { action: 'RETRY', text: 'Try again with the passphrase of the key, which is not the owner token' },
    ],
    retryable: true,
  }),
  KEY_NOT_FOUND: (d: { fingerprint: string }): Situation => ({
    message: `There is no key ${d.fingerprint} on this machine.`,
    remedies: [{ action: 'RUN_COMMAND', text: 'See every key with its fingerprint', command: 'gitpod-helper keys' }],
  }),
  KEY_REGISTRATION_REFUSED: (d: { host: string; problem: string }): Situation => ({
    message: `${d.host} did not register the key: ${d.problem}.`,
    remedies: [{ action: 'OPEN_URL', text: 'See the keys of your account', url: `https://${d.host}/keys` }],
  }),
  PROMPT_NOT_FOUND: (d: { promptId: string }): Situation => ({
    message: `The question ${d.promptId} is not open: it was answered, has expired, or was never asked.`,
    remedies: [retry],
  }),
  AGENT_FAILED: (d: { fingerprint: string }): Situation => ({
    message: `The SSH agent did not sign with the key ${d.fingerprint}.`,
    remedies: [
      { action: 'RETRY', text: 'Unlock the agent, confirm its question if it asks one, then try again' },
      { action: 'RUN_COMMAND', text: 'See which keys the agent has', command: 'ssh-add -l' },
    ],
    retryable: true,
  }),

  HOST_KEY_MISMATCH: (d: { host: string; offered: string; trusted: string }): Situation => ({
    message:
      `The SSH server ${d.host} showed the host key ${d.offered}, which is not one of those the installation ` +
      `gives for it (${d.trusted}). Somebody may be listening in; nothing was sent.`,
    remedies: [
      { action: 'CHANGE_SETTING', text: 'Ask the administrators of the installation whether its host keys changed' },
      { action: 'CHANGE_SETTING', text: 'Try another network' },
    ],
  }),
  HOST_KEYS_UNAVAILABLE: (d: { host: string; problem: string }): Situation => ({
    message: `The SSH host keys of ${d.host} cannot be had, so nothing can be verified: ${d.problem}.`,
    remedies: [retry, { action: 'CHANGE_SETTING', text: 'Ask the administrators whether the SSH gateway is on' }],
    retryable: true,
  }),
  PORT_22_BLOCKED: (d: { host: string; port: string; problem: string; proxyKeyword?: string }): Situation => ({
    message: `The SSH gateway ${d.host} does not answer on port ${d.port}: ${d.problem}.`,
    remedies: [
      d.proxyKeyword === undefined
        ? { action: 'CHANGE_SETTING', text: `Allow outgoing connections to port ${d.port}, or try another network` }
        : {
            action: 'RUN_COMMAND',
            text: `Check ${d.proxyKeyword} in your OpenSSH configuration`,
            command: `ssh -G ${d.host}`,
          },
      retry,
    ],
    retryable: true,
  }),
  TUNNEL_REFUSED: (d: { host: string; problem: string }): Situation => ({
    message: `The WebSocket to ${d.host}, which carries SSH where its port is no way in, cannot be used: ${d.problem}.`,
    remedies: [retry, { action: 'CHANGE_SETTING', text: 'Ask whether a proxy or firewall refuses WebSockets' }],
    retryable: true,
  }),
  KEY_REFUSED: (d: InWorkspace & { fingerprint: string }): Situation => ({
    message: `The SSH gateway refused the key ${d.fingerprint} for ${d.workspaceId}.`,
    remedies: [
      registerKey(d.host),
      { action: 'RETRY', text: 'If you registered the key a moment ago, try again shortly' },
    ],
    retryable: true,
  }),
  OWNER_TOKEN_REFUSED: (d: InWorkspace): Situation => ({
    message: `The owner token of ${d.workspaceId} was refused.`,
    remedies: [retry, startWorkspace(d.host, d.workspaceId)],
    retryable: true,
  }),
  SSH_ACCESS_DENIED: (d: InWorkspace): Situation => ({
    message: `The SSH server denies all access to ${d.workspaceId}, although the workspace runs.`,
    remedies: [retry, startWorkspace(d.host, d.workspaceId)],
    retryable: true,
  }),
  WORKSPACE_SSH_DOWN: (d: InWorkspace): Situation => ({
    message: `The way in is open, but the SSH server of ${d.workspaceId} is down.`,
    remedies: [retry, { ...startWorkspace(d.host, d.workspaceId), text: 'Stop the workspace and start it again' }],
    retryable: true,
  }),
  WORKSPACE_SSH_SILENT: (d: InWorkspace): Situation => ({
    message: `The way in is open, but the SSH server of ${d.workspaceId} does not answer.`,
    remedies: [retry, { ...startWorkspace(d.host, d.workspaceId), text: 'Stop the workspace and start it again' }],
    retryable: true,
  }),
  SSH_PROTOCOL_ERROR: (d: { host: string; problem: string }): Situation => ({
    message: `${d.host} does not speak SSH as it should: ${d.problem}.`,
    remedies: [{ action: 'CHANGE_SETTING', text: 'Check host and port; a proxy or firewall may answer instead' }],
  }),
  SSH_CONNECTION_LOST: (d: InWorkspace & { problem: string }): Situation => ({
    message: `The SSH connection to ${d.workspaceId} was lost: ${d.problem}.`,
    remedies: [checkNetwork],
    retryable: true,
  }),
  NO_USABLE_METHOD: (d: InWorkspace & { reason: string }): Situation => ({
    message: `There is no way into ${d.workspaceId}: ${d.reason}`,
    remedies: [explainPlan(d.workspaceId)],
  }),

  BACKEND_NOT_READY: (d: InWorkspace & { problem: string }): Situation => ({
    message: `The IDE backend of ${d.workspaceId} is still not up: ${d.problem}.`,
    remedies: [
      { action: 'RETRY', text: 'Wait a moment and try again; the first start of an IDE can take minutes' },
      {
        action: 'RUN_COMMAND',
        text: 'Look at the IDE in a terminal of the workspace',
        command: 'gp tasks list; pgrep -af remote-dev-server',
      },
    ],
    retryable: true,
  }),
  BACKEND_NOT_CONFIGURED: (d: InWorkspace): Situation => ({
    message: `No JetBrains IDE is configured in ${d.workspaceId}.`,
    remedies: [
      {
        action: 'OPEN_URL',
        text: 'Choose a JetBrains IDE for the workspace and start it again',
        url: `https://${d.host}/user/preferences`,
      },
    ],
  }),
  JOIN_LINK_INVALID: (d: InWorkspace & { problem: string }): Situation => ({
    message: `The join link of the IDE backend of ${d.workspaceId} cannot be used: ${d.problem}.`,
    remedies: [retry, report],
    retryable: true,
  }),
  BACKEND_UNREACHABLE: (d: InWorkspace & { port: string; problem: string }): Situation => ({
    message: `The IDE backend of ${d.workspaceId} does not take connections on its port ${d.port}: ${d.problem}.`,
    remedies: [
      { action: 'RETRY', text: 'Try again in a moment; the IDE backend may be restarting' },
      {
        action: 'RUN_COMMAND',
        text: 'See whether it runs, in a terminal of the workspace',
        command: 'pgrep -af remote-dev-server',
      },
    ],
    retryable: true,
  }),
  LOCAL_PORT_IN_USE: (d: { port: string }): Situation => ({
    message: `The local port ${d.port} is taken by another program, or may not be used.`,
    remedies: [{ action: 'CHANGE_SETTING', text: 'Ask for another port, or for any free one with 0' }],
  }),
  SSH_CONFIG_NOT_WRITABLE: (d: { path: string; problem: string }): Situation => ({
    message: `${d.path} ${d.problem}.`,
    remedies: [
      { action: 'CHANGE_SETTING', text: `Check the permissions of ${d.path}` },
      {
        action: 'RUN_COMMAND',
        text: 'Use ssh without changing any file of yours',
        command: 'gitpod-helper ssh WORKSPACE',
      },
    ],
  }),
  SSH_CONFIG_CONFLICT: (d: { file: string; line: string; problem: string }): Situation => ({
    message: `Your OpenSSH configuration is in the way${d.file === '' ? '' : ` (${d.file}, line ${d.line})`}: ${d.problem}.`,
    remedies: [
      { action: 'CHANGE_SETTING', text: 'Move that line below the Include, or into a Host block of its own hosts' },
      {
        action: 'RUN_COMMAND',
        text: 'Use ssh without changing any file of yours',
        command: 'gitpod-helper ssh WORKSPACE',
      },
    ],
  }),
  SSH_CONFIG_NOT_INSTALLED: (_: Record<never, string>): Situation => ({
    message: 'Your OpenSSH configuration does not know the workspaces yet.',
    remedies: [
      {
        action: 'RUN_COMMAND',
        text: 'Put one Include line into it; ssh-config remove takes it out again',
        command: 'gitpod-helper ssh-config install',
      },
    ],
  }),
  PROGRAM_NOT_FOUND: (d: { program: string; purpose: string }): Situation => ({
    message: `The program ${d.program} (${d.purpose}) is not on PATH.`,
    remedies: [{ action: 'CHANGE_SETTING', text: `Install ${d.program}, or add its directory to PATH` }],
  }),
  CONNECTION_NOT_FOUND: (d: { connectionId: string }): Situation => ({
    message: `There is no connection ${d.connectionId}; it may have ended.`,
    remedies: [{ action: 'RETRY', text: 'List the connections there are' }],
  }),
};

/** A situation a person can act on. */
export type FailureCode = keyof typeof situations;

/** The facts each situation is described with. Never secrets. */
export type FailureDetails = { [Code in FailureCode]: Parameters<(typeof situations)[Code]>[0] };

const catalogue: { [Code in FailureCode]: (details: FailureDetails[Code]) => Situation } = situations;

/** A situation a person can act on, as an error. Made by {@link failure} only. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly remedies: readonly Remedy[];
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, string>>;

  constructor(code: FailureCode, situation: Situation, details: Readonly<Record<string, string>>, cause: unknown) {
    super(situation.message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedies = situation.remedies;
    this.retryable = situation.retryable ?? false;
    this.details = details;
  }
}

/** Describes a situation from the catalogue; `cause` goes to the log and nowhere else. */
export function failure<Code extends FailureCode>(code: Code, details: FailureDetails[Code], cause?: unknown): Failure {
  return new Failure(code, catalogue[code](details), inContractCase(details), cause);
}

/** Every code there is. */
export const failureCodes: readonly FailureCode[] = Object.keys(situations).filter(isFailureCode);

/** Whether a text is the code of a situation. */
export function isFailureCode(text: string): text is FailureCode {
  return Object.hasOwn(situations, text);
}

/** A situation as the documentation tells it, with the names of the facts in place of the facts: `<host>`. */
export function describeSituation(code: FailureCode): Pick<Failure, 'message' | 'remedies' | 'retryable'> {
  const names = new Proxy({}, { get: (_, name) => `<${String(name)}>` });
  const describe = catalogue[code] as (details: object) => Situation;
  const { message, remedies, retryable = false } = describe(names);
  return { message: message.replaceAll('NaN s', '<time>'), remedies, retryable };
}

/** Names of details are in the contract's case, `workspace_id`. */
function inContractCase(details: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const toSnakeCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [toSnakeCase(name), value]));
}
