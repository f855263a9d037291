// Preloaded into a helper with --expose-gc: on SIGUSR2 tells on standard error what it holds after garbage collection.
process.on('SIGUSR2', () => {
  globalThis.gc();
  // What finalizers let go of is collected in the second round.
  setImmediate(() => {
    globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    process.stderr.write(`${JSON.stringify({ heldBytes: heapUsed + external })}\n`);
  });
});
