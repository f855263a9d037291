/** Spawn to first RPC answered, against `node -e 0`, in one interleaved run: `node test/bench/startup.ts [ROUNDS]`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildHelper, bundlePath } from '../../build.ts';
import { HealthService } from '../../helper/gen/grpc/health/v1/health.ts';
import { HelperProcess } from '../support/helperProcess.ts';
import { distribution, interleave } from './measure.ts';

const rounds = Number(process.argv[2] ?? 30);
const { outputs } = await buildHelper();
// Whoever ran first has written the cache, perhaps without ever having answered a call: the warm-up writes it anew.
rmSync(join(dirname(bundlePath), 'code-cache'), { recursive: true, force: true });

let residentMiB = 0;
const results = await interleave(
  {
    'node -e 0': async () => {
      const startedAt = performance.now();
      await once(spawn(process.execPath, ['-e', '0'], { env: { PATH: process.env['PATH'] } }), 'exit');
      return performance.now() - startedAt;
    },
    'first RPC': async () => {
      const startedAt = performance.now();
      await using helper = new HelperProcess();
      await helper.client.unary(HealthService.check, { service: '' });
      const elapsedMs = performance.now() - startedAt;
      residentMiB = residentSetMiB(helper.child.pid ?? 0);
      return elapsedMs;
    },
    'end of input to exit': async () => {
      await using helper = new HelperProcess();
      await helper.client.unary(HealthService.check, { service: '' });
      const startedAt = performance.now();
      helper.child.stdin?.destroy();
      await helper.exited;
      return performance.now() - startedAt;
    },
  },
  { rounds, warmUps: 3 },
);

const base = distribution(results['node -e 0']);
for (const [name, values] of Object.entries(results)) {
  const { min, p50, p90 } = distribution(values);
  const ratio = (p50 / base.p50).toFixed(2);
  console.log(
    `${name.padEnd(22)} min ${min.toFixed(1)}  p50 ${p50.toFixed(1)}  p90 ${p90.toFixed(1)} ms  p50 ratio ${ratio}`,
  );
}
console.log(`resident after the first RPC: ${residentMiB.toFixed(1)} MiB`);
console.log(`bundle: ${Math.round(Object.values(outputs).reduce((sum, { bytes }) => sum + bytes, 0) / 1000)} kB`);

function residentSetMiB(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}
