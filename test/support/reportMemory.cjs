// Preloaded into a helper with --expose-gc: on SIGUSR2 tells on standard error what it holds after garbage collection.
process.on('SIGUSR2', () => {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  process.stderr.write(`${JSON.stringify({ heldBytes: heapUsed + external })}\n`);
});
