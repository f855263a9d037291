import { execFileSync } from 'node:child_process';

/**
 * Whether this machine can trace system calls. Where it cannot, that is said in one visible line; under CI it has to, so
 * the tests that need it then run and fail.
 */
export function canTrace(): boolean {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('Tests that watch which files are opened not run: strace is missing (Debian: strace)\n');
    return process.env['CI'] === 'true' && process.platform === 'linux';
  }
}
