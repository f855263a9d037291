import { createInterface } from 'node:readline';

/**
 * Reads the addresses that a person pastes, one a line, until disposed: of a browser on another machine, which cannot come
 * back to this one. Does nothing where standard input is no terminal.
 */
export function readPastedAddresses(onAddress: (address: string) => void): Disposable {
  if (!process.stdin.isTTY) return { [Symbol.dispose]: () => undefined };
  // The terminal itself edits the line, so that Ctrl-C interrupts the program as ever.
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  terminal.on('line', (line) => {
    if (line.trim() !== '') onAddress(line);
  });
  return {
    [Symbol.dispose]: () => {
      terminal.close();
      process.stdin.unref();
    },
  };
}
