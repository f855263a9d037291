import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { type Demo, seedDemo } from './demo.ts';
import { EmbeddedGitpod, type EmbeddedWorkspace } from './embeddedGitpod.ts';

/**
 * Serves a seeded embedded Gitpod until standard input closes or a signal asks to end.
 * `--json` prints one line of JSON instead of text; `--authorized-key FILE` registers a public key for the main user.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      'authorized-key': { type: 'string', multiple: true, default: [] },
    },
  });
  const ended = endRequested();
  await using gitpod = await EmbeddedGitpod.start();
  const demo = seedDemo(gitpod);
  for (const file of values['authorized-key']) {
    demo.user.addSshPublicKey(basename(file), await readFile(file, 'utf8'));
  }
  process.stdout.write(values.json ? describeAsJson(gitpod, demo) : describeAsText(gitpod, demo));
  await ended;
}

function describeAsJson(gitpod: EmbeddedGitpod, demo: Demo): string {
  const description = {
    host: gitpod.host,
    origin: gitpod.origin,
    ca_file: gitpod.caFile,
    https_port: gitpod.httpsPort,
    ssh_port: gitpod.sshPort,
    resolve: gitpod.resolve,
    token: demo.user.personalAccessToken,
    session: demo.user.session,
    workspaces: ofUser(demo).map(([role, workspace]) => ({
      role,
      id: workspace.id,
      phase: workspace.phase,
      ide_url: workspace.ideUrl,
      owner_token: workspace.ownerToken,
    })),
  };
  return `${JSON.stringify(description)}\n`;
}

function describeAsText(gitpod: EmbeddedGitpod, demo: Demo): string {
  const lines = ofUser(demo).map(
    ([role, workspace]) => `  ${role.padEnd(16)} ${workspace.phase.padEnd(8)} ${workspace.ideUrl}`,
  );
  return `${[
    'An embedded Gitpod is running; close standard input (Ctrl-D) to end it.',
    `  host             ${gitpod.host}`,
    `  host names       ${gitpod.resolve}`,
    `  CA certificate   ${gitpod.caFile}`,
    `  SSH gateway      127.0.0.1:${gitpod.sshPort}`,
    `  access token     ${demo.user.personalAccessToken}`,
    'Workspaces:',
    ...lines,
  ].join('\n')}\n`;
}

/** What the main user's token shows, by role. */
function ofUser({ user, workspaces }: Demo): [string, EmbeddedWorkspace][] {
  return Object.entries(workspaces).filter(([, workspace]) => workspace.owner === user);
}

async function endRequested(): Promise<void> {
  process.stdin.resume();
  await Promise.race([
    once(process.stdin, 'close'),
    once(process.stdin, 'end'),
    once(process, 'SIGTERM'),
    once(process, 'SIGINT'),
  ]);
  process.stdin.destroy();
}

await main();
