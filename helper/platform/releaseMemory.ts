/** Gives memory that is not needed any more back to the system now: V8 itself waits until it needs some again. */
export async function releaseMemory(): Promise<void> {
  const { Session } = await import('node:inspector/promises'); // at first use: the start is quicker without it
  const session = new Session();
  session.connect();
  try {
    await session.post('HeapProfiler.collectGarbage');
  } finally {
    session.disconnect();
  }
}
