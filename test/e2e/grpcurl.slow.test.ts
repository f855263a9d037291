import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findProgram } from '../../helper/platform/findProgram.ts';
import { runProcess } from '../../helper/platform/process.ts';
import { startCommand } from '../support/runBundle.ts';
import { scratchHome } from '../support/ssh/scratchHome.ts';

/** grpcurl from PATH, or built from the Go module proxy at the first run. */
function findGrpcurl(): string | undefined {
  const found = findProgram('grpcurl', process.env);
  const go = findProgram('go', process.env, ['/usr/local/go/bin']);
  if (found !== undefined || go === undefined) return found;
  const environment = spawnSync(go, ['env', 'GOPATH'], { encoding: 'utf8' });
  const path = `${environment.stdout.trim()}/bin/grpcurl`;
  if (!existsSync(path))
    spawnSync(go, ['install', 'github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3'], { timeout: 550_000 });
  return existsSync(path) ? path : undefined;
}

const grpcurl = findGrpcurl();

test.skipIf(grpcurl === undefined)('grpcurl lists, describes and calls every service by reflection', async () => {
  await using home = scratchHome();
  const socket = home.at('run/helper.sock');
  const serving = startCommand(['serve', '--listen', `unix:${socket}`]);
  try {
    await expect.poll(serving.stderr, { timeout: 30_000 }).toContain('listening on');
    const run = async (...words: string[]) => {
      const options = { signal: new AbortController().signal, deadlineMs: 60_000, env: { PATH: process.env['PATH'] } };
      const { stdout } = await runProcess(grpcurl ?? '', ['-plaintext', '-unix', ...words], options);
      return stdout;
    };
    const services = (await run(socket, 'list')).trim().split('\n');
    expect(services).toContain('gitpod.helper.v1.ConnectionService');
    expect(services).toContain('grpc.health.v1.Health');
    for (const service of services.filter((name) => !name.startsWith('grpc.reflection'))) {
      const methods = (await run(socket, 'list', service)).trim().split('\n');
      expect(methods.length).toBeGreaterThan(0);
      for (const method of methods) expect(await run(socket, 'describe', method)).toContain('rpc ');
    }
    expect(JSON.parse(await run('-d', '{}', socket, 'grpc.health.v1.Health/Check'))).toEqual({ status: 'SERVING' });
    const request = JSON.stringify({
      min_protocol_version: 1,
      max_protocol_version: 1,
      overrides: { home: home.path },
    });
    const answer = JSON.parse(await run('-d', request, socket, 'gitpod.helper.v1.HelperService/Initialize'));
    expect(answer).toMatchObject({ protocolVersion: 1, session: expect.stringMatching(/^[\da-f]{32}$/) });
  } finally {
    serving.child.kill();
    await serving.exited;
  }
});
