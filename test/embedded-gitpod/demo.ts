import type { EmbeddedGitpod, EmbeddedUser, EmbeddedWorkspace } from './embeddedGitpod.ts';

/** What {@link seedDemo} made, by the part each plays. */
export interface Demo {
  /** The main user, who owns every workspace but one. */
  readonly user: EmbeddedUser;
  readonly otherUser: EmbeddedUser;
  readonly workspaces: {
    readonly ready: EmbeddedWorkspace;
    readonly backendBooting: EmbeddedWorkspace;
    readonly everyone: EmbeddedWorkspace;
    readonly sshDown: EmbeddedWorkspace;
    readonly sshSilent: EmbeddedWorkspace;
    readonly supervisorHangs: EmbeddedWorkspace;
    readonly stopped: EmbeddedWorkspace;
    readonly ofOtherUser: EmbeddedWorkspace;
  };
}

const minuteMs = 60_000;

/** Two users and a workspace in each state that a client has to cope with; the newest is the one where all is well. */
export function seedDemo(gitpod: EmbeddedGitpod): Demo {
  const user = gitpod.addUser({ name: 'ada' });
  const otherUser = gitpod.addUser({ name: 'ben' });
  const ago = (minutes: number) => new Date(Date.now() - minutes * minuteMs).toISOString();
  return {
    user,
    otherUser,
    workspaces: {
      ready: gitpod.addWorkspace(user, { repository: 'parcel-demo', creationTime: ago(2) }),
      backendBooting: gitpod.addWorkspace(user, {
        repository: 'ledger',
        backend: 'booting',
        creationTime: ago(5),
      }),
      everyone: gitpod.addWorkspace(user, { repository: 'workshop', admission: 'everyone', creationTime: ago(30) }),
      sshDown: gitpod.addWorkspace(user, { repository: 'atlas', upstream: 'down', creationTime: ago(60) }),
      sshSilent: gitpod.addWorkspace(user, { repository: 'beacon', upstream: 'silent', creationTime: ago(90) }),
      supervisorHangs: gitpod.addWorkspace(user, { repository: 'cinder', upstream: 'hang', creationTime: ago(120) }),
      stopped: gitpod.addWorkspace(user, { repository: 'dune', phase: 'stopped', creationTime: ago(600) }),
      ofOtherUser: gitpod.addWorkspace(otherUser, { repository: 'elsewhere', creationTime: ago(10) }),
    },
  };
}
