/** Troubles a test can switch on and off while clients are connected. All are off at the start. */
export interface Faults {
  /** Answers every `GET /_ssh/host_keys` with this instead. */
  hostKeysResponse: { readonly status: number; readonly contentType?: string; readonly body: string } | undefined;
  /** The SSH gateway presents an ed25519 key that `/_ssh/host_keys` does not list. */
  presentedHostKeyNotListed: boolean;
  /** Cuts the remote stderr short and sends exit-status before the last stdout data, as the real SSH gateway may. */
  scrambleExecOutput: boolean;
  /** Denies every SSH authentication request, as for a workspace that is not running. */
  denySsh: boolean;
  /** Takes no public key, registered or not. */
  refuseKeys: boolean;
  /** Replaces the workspace's owner token just before the next password is looked at; switches itself off then. */
  rotateOwnerTokenAtNextPassword: boolean;
  /** Ends a denied SSH connection with a reset, as a client that has more to send may see it at the real SSH gateway. */
  resetOnDenial: boolean;
  /**
   * The installation has no SSH gateway: its port refuses, and its paths on the workspaces' hosts lead to what is behind:
   * `/_ssh/host_keys` to the IDE, its WebSocket and its key pair to the supervisor (gitpod-wire §4.8, §5.1).
   */
  sshGatewayOff: boolean;
  /** Resets TCP connections to the SSH gateway as soon as they are accepted. */
  refuseSsh: boolean;
  /** Accepts TCP connections to the SSH gateway and never says anything, like a firewall that swallows port 22. */
  stallSsh: boolean;
  /** Opens the WebSocket to the SSH gateway, and says nothing through it, or nothing more after the identification string. */
  stallTunnel: 'at-once' | 'after-identification' | undefined;
  /** Answers every WebSocket upgrade of the control plane with this status; from 500 on, calls of the public API as well. */
  apiUpgradeStatus: number | undefined;
  /** Answers every WebSocket upgrade of the SSH tunnel with this status. */
  tunnelUpgradeStatus: number | undefined;
  /** The supervisors of all workspaces are down: nothing answers behind the workspace proxy, and the SSH gateway gets no key. */
  supervisorDown: boolean;
  /** The host key that supervisors give with their key pair: the SSH server's own, another one, or none as old ones do. */
  supervisorHostKey: 'right' | 'other' | 'none';
  /** The supervisors are too old to take heartbeats. */
  supervisorWithoutHeartbeat: boolean;
  /** Answers requests to these paths of the OAuth server with this instead. */
  readonly oauthAnswers: Map<
    string,
    { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  >;
  /** How far the clock that issues OAuth tokens is ahead; negative for behind. */
  oauthClockOffsetMs: number;
  /** Codes are exchanged only then. */
  oauthExchangesAfter: Promise<unknown> | undefined;
  /** How far the clock that every HTTP answer tells is ahead of this machine's; negative for behind. */
  httpClockOffsetMs: number;
  /** Cuts the control plane's connection once this method was carried out, before its answer; switches itself off then. */
  cutBehindCall: string | undefined;
  /** Methods of the control plane that are carried out at once, and answered only then. */
  readonly rpcAnswersAfter: Map<string, Promise<unknown>>;
  /** Answers everything on the TLS port with this instead, upgrades too: the installation's trouble, or a network that wants a sign-in. */
  httpsAnswer: { readonly status: number; readonly body: string; readonly location?: string } | undefined;
  /** Methods of the control plane that fail with this error. */
  readonly rpcErrors: Map<string, { readonly code: number; readonly message: string; readonly data?: unknown }>;
}

export function noFaults(): Faults {
  return {
    hostKeysResponse: undefined,
    presentedHostKeyNotListed: false,
    scrambleExecOutput: false,
    denySsh: false,
    refuseKeys: false,
    rotateOwnerTokenAtNextPassword: false,
    resetOnDenial: false,
    sshGatewayOff: false,
    refuseSsh: false,
    stallSsh: false,
    stallTunnel: undefined,
    apiUpgradeStatus: undefined,
    tunnelUpgradeStatus: undefined,
    supervisorDown: false,
    supervisorHostKey: 'right',
    supervisorWithoutHeartbeat: false,
    oauthAnswers: new Map(),
    oauthClockOffsetMs: 0,
    oauthExchangesAfter: undefined,
    httpClockOffsetMs: 0,
    cutBehindCall: undefined,
    httpsAnswer: undefined,
    rpcErrors: new Map(),
    rpcAnswersAfter: new Map(),
  };
}
