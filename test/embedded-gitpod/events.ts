/** What a client did, without any secret: for tests to assert on. */
export type GitpodEvent =
  | {
      readonly kind: 'http';
      readonly host: string;
      readonly method: string;
      readonly path: string;
      readonly status: number;
    }
  | {
      readonly kind: 'api-connect';
      readonly user: string | undefined;
      readonly status: number;
      readonly userAgent: string;
    }
  | { readonly kind: 'rpc'; readonly user: string; readonly method: string; readonly error: number | undefined }
  | { readonly kind: 'public-api'; readonly user: string; readonly method: string; readonly status: number }
  | { readonly kind: 'rpc-notification'; readonly user: string; readonly method: string }
  | {
      readonly kind: 'ssh-auth';
      /** The user name up to `#`. */
      readonly user: string;
      readonly method: string;
      readonly outcome: 'accepted' | 'key-acceptable' | 'failed' | 'denied' | 'too-many-failures' | 'bad-signature';
    }
  | { readonly kind: 'ssh-tunnel'; readonly workspaceId: string; readonly status: number }
  | { readonly kind: 'supervisor-tunnel'; readonly workspaceId: string; readonly status: number }
  | {
      readonly kind: 'tunnel-channel';
      readonly workspaceId: string;
      readonly port: number;
      readonly outcome: 'opened' | 'refused';
    }
  | { readonly kind: 'ssh-closed'; readonly workspaceId: string | undefined }
  | { readonly kind: 'session'; readonly workspaceId: string; readonly type: 'exec' | 'shell' | 'subsystem' }
  | {
      readonly kind: 'direct-tcpip';
      readonly workspaceId: string;
      readonly host: string;
      readonly port: number;
      readonly outcome: 'opened' | 'refused';
    }
  | { readonly kind: 'tcpip-forward'; readonly workspaceId: string; readonly port: number }
  | { readonly kind: 'backend'; readonly workspaceId: string; readonly outcome: 'joined' | 'refused' };

/** Takes an event down. */
export type RecordEvent = (event: GitpodEvent) => void;
