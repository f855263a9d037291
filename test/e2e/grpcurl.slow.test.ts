import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findProgram } from '../../helper/platform/findProgram.ts';
import { runProcess } from '../../helper/platform/process.ts';
import { startCommand } from '../support/runBundle.ts';
import { scratchHome } from '../support/ssh/scratchHome.ts';

/** grpcurl from PATH, or built from the Go module proxy into a directory of this test's own. */
function findGrpcurl(): string | undefined {
  const found = findProgram('grpcurl', process.env);
  const go = findProgram('go', process.env, ['/usr/local/go/bin']);
  if (found !== undefined || go === undefined) return found;
  const env = {
    ...process.env,
    GOPATH: join(ownDirectory, 'go'),
    GOCACHE: join(ownDirectory, 'cache'),
    GOFLAGS: '-modcacherw', // so that it can be removed
  };
  const install = ['install', 'github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3'];
  const { status } = spawnSync(go, install, { env, timeout: 550_000 });
  return status === 0 ? join(ownDirectory, 'go/bin/grpcurl') : undefined;
}

const ownDirectory = mkdtempSync(join(tmpdir(), 'grpcurl-'));
const grpcurl = findGrpcurl();
afterAll(() => rmSync(ownDirectory, { recursive: true, force: true }));

/** How a call with an empty request may end that is not answered: refused with a reason, or it goes on for longer. */
const isAnswered = /Code: (InvalidArgument|NotFound|FailedPrecondition|Unauthenticated|DeadlineExceeded)/;

test.skipIf(grpcurl === undefined)('grpcurl lists, describes and calls every service by reflection', async () => {
  await using home = scratchHome();
  const socket = home.at('run/helper.sock');
  const serving = startCommand(['serve', '--listen', `unix:${socket}`]);
  try {
    await expect.poll(serving.stderr, { timeout: 30_000 }).toContain('listening on');
    const run = async (...words: string[]) => {
      const options = { signal: new AbortController().signal, deadlineMs: 60_000, env: { PATH: process.env['PATH'] } };
      const { stdout } = await runProcess(grpcurl ?? '', ['-plaintext', ...words], options);
      return stdout;
    };
    const call = (session: string, method: string) => {
      const options = ['-max-time', '3', '-H', `gitpod-helper-session: ${session}`, '-d', '{}'];
      const env = { PATH: process.env['PATH'] };
      return spawnSync(grpcurl ?? '', ['-plaintext', ...options, target, method], { encoding: 'utf8', env });
    };
    const target = `unix://${socket}`;
    const callable: string[] = [];
    const services = (await run(target, 'list')).trim().split('\n');
    expect(services).toContain('gitpod.helper.v1.ConnectionService');
    expect(services).toContain('grpc.health.v1.Health');
    for (const service of services.filter((name) => !name.startsWith('grpc.reflection'))) {
      const methods = (await run(target, 'list', service)).trim().split('\n');
      expect(methods.length).toBeGreaterThan(0);
      for (const method of methods) expect(await run(target, 'describe', method)).toContain('rpc ');
      callable.push(...methods.map((method) => method.replace(/\.(\w+)$/, '/$1')));
    }
    expect(JSON.parse(await run('-d', '{}', target, 'grpc.health.v1.Health/Check'))).toEqual({ status: 'SERVING' });
    const request = JSON.stringify({
      min_protocol_version: 1,
      max_protocol_version: 1,
      overrides: { home: home.path },
    });
    const answer = JSON.parse(await run('-d', request, target, 'gitpod.helper.v1.HelperService/Initialize'));
    expect(answer).toMatchObject({ protocolVersion: 1, session: expect.stringMatching(/^[\da-f]{32}$/) });
    const last = 'gitpod.helper.v1.HelperService/Shutdown'; // it ends what the others need
    for (const method of [...callable.filter((each) => each !== last), last]) {
      const { status, stderr } = call(answer.session, method);
      if (status !== 0) expect(`${method}\n${stderr}`).toMatch(isAnswered);
    }
    expect(await serving.exited).toBe(0);
  } finally {
    serving.child.kill();
    await serving.exited;
  }
});
