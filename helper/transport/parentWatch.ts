const intervalMs = 1_000;

/**
 * Calls `onOrphaned` when the parent process is gone. End of input says so first as a rule; but another process may hold
 * the other end of our input open. A process whose parent dies gets a new one on POSIX systems, and keeps the old number
 * on Windows, where end of input has to do.
 */
export function watchParent(onOrphaned: () => void): Disposable {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) onOrphaned();
  }, intervalMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
