/**
 * A helper that goes wrong when it gets SIGUSR2: `misbehavingHelper.ts KIND BUNDLE`. Until then it is the one that is built.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, writeSync } from 'node:fs';

const [kind = '', bundle = ''] = process.argv.slice(2);
const helper = spawn(process.execPath, [bundle, 'serve', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
process.stdin.pipe(helper.stdin);
helper.stdout.pipe(process.stdout);
helper.once('exit', (exitCode) => process.exit(exitCode ?? 1));
process.stdout.once('error', () => helper.stdin.end());

const kinds: Readonly<Record<string, () => unknown>> = {
  garbage: () => writeSync(1, 'FATAL ERROR: Reached heap limit\n'),
  closes: () => {
    helper.stdout.unpipe();
    closeSync(1);
  },
  hangs: () => process.kill(process.pid, 'SIGSTOP'),
  /** PING frames (RFC 9113 §6.7) without end, and nothing else. */
  floods: () => {
    process.stdin.unpipe();
    process.stdin.resume().once('end', () => helper.stdin.end());
    helper.stdout.unpipe();
    helper.stdout.resume();
    const ping = Buffer.from([0, 0, 8, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const pings = Buffer.concat(new Array(1_000).fill(ping));
    const flood = () => {
      while (process.stdout.write(pings));
    };
    process.stdout.on('drain', flood);
    flood();
  },
  /** 100 MB of log. */
  logs: async () => {
    const lines = `${'x'.repeat(999)}\n`.repeat(100);
    for (let written = 0; written < 1_000; written++) {
      if (!process.stderr.write(lines)) await once(process.stderr, 'drain');
    }
  },
};
process.on('SIGUSR2', () => kinds[kind]?.());
