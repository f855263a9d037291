import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot, runTool } from './runTool.ts';

const forbidden = [
  ['platform', '../ssh/errors.ts'],
  ['platform', '../failures.ts'],
  ['ssh', '../connection/plan.ts'],
  ['ssh', '../account/accounts.ts'],
  ['ssh', '../failures.ts'],
  ['ssh', '@grpc/grpc-js'],
  ['ssh/client', '../../gen/gitpod/helper/v1/common.ts'],
  ['account', '../workspaces/catalogue.ts'],
  ['account', '../ssh/errors.ts'],
  ['workspaces', '../connection/plan.ts'],
  ['connection', '../rpc/session.ts'],
  ['connection', '../container.ts'],
  ['connection/joinLink', '../../cli/output.ts'],
  ['connection', 'ssh2'],
  ['connection', '../diagnosis/check.ts'],
  ['diagnosis', '../rpc/session.ts'],
  ['diagnosis', '../../cli/output.ts'],
  ['transport', '../diagnosis/check.ts'],
  ['cli', '../rpc/session.ts'],
  ['cli', '../transport/serveStdio.ts'],
  ['cli', '../gen/gitpod/helper/v1/common.ts'],
  ['rpc', '../transport/serveStdio.ts'],
] as const;

const allowed = [
  ['ssh', '../platform/process.ts'],
  ['ssh', '../log.ts'],
  ['ssh/client', 'ssh2'],
  ['account', '../failures.ts'],
  ['connection', '../workspaces/workspace.ts'],
  ['connection', '../ssh/errors.ts'],
  ['rpc', '../connection/plan.ts'],
  ['rpc', '../gen/gitpod/helper/v1/common.ts'],
  ['transport', '@grpc/grpc-js'],
  ['cli', '../connection/plan.ts'],
  ['cli', '../diagnosis/check.ts'],
  ['rpc', '../diagnosis/check.ts'],
  ['diagnosis', '../connection/plan.ts'],
] as const;

let directory: string;
/** The files, `<room>/<name>`, that the lint rule refused. */
let refused: readonly string[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'arrows-'));
  await copyFile(join(projectRoot, 'biome.json'), join(directory, 'biome.json'));
  for (const [room, from] of [...forbidden, ...allowed]) {
    await mkdir(join(directory, 'helper', room), { recursive: true });
    await writeFile(join(directory, fileFor(room, from)), `import { x } from '${from}';\n\nexport const y = x;\n`);
  }
  const lint = await runTool('biome', ['lint', '--vcs-enabled=false', '--reporter=json', '.'], directory);
  const report: { diagnostics: { category: string; location: { path: string } }[] } = JSON.parse(lint.stdout);
  refused = report.diagnostics
    .filter(({ category }) => category === 'lint/style/noRestrictedImports')
    .map(({ location }) => location.path);
});

afterAll(() => rm(directory, { recursive: true }));

describe('arrows go one way', () => {
  test.each(forbidden)('%s must not import %s', (room, from) => {
    expect(refused).toContain(fileFor(room, from));
  });

  test.each(allowed)('%s may import %s', (room, from) => {
    expect(refused).not.toContain(fileFor(room, from));
  });
});

function fileFor(room: string, from: string): string {
  return `helper/${room}/${from.replaceAll(/\W+/g, '_')}.ts`;
}
