import type { ChildProcess, spawn as spawnProcess } from 'node:child_process';

/**
 * Sends a signal, SIGKILL when left out, to a child that leads its own process group and to everything in that group. On
 * Windows the child and its descendants are killed, whatever the signal.
 */
export function killTree(
  child: ChildProcess,
  spawn: typeof spawnProcess,
  signalName: 'SIGTERM' | 'SIGKILL' = 'SIGKILL',
): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    const taskkill = spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    taskkill.once('error', () => child.kill('SIGKILL'));
    return;
  }
  try {
    process.kill(-child.pid, signalName);
  } catch (error) {
    // ESRCH: the group is gone. EPERM: what is left of it is not ours to kill, or on macOS a zombie.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
