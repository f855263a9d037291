import type { World } from './world.ts';

/** The options by which a command reaches a world's embedded Gitpod and reads nothing but its home. */
export function commandOptions({ gitpod, home }: World, sshPort = gitpod.sshPort): string[] {
  return [
    ...['--host', gitpod.host, '--ca-file', gitpod.caFile, '--resolve', gitpod.resolve],
    ...['--ssh-port', String(sshPort), '--home', home.path],
  ];
}
