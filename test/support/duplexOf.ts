import { Duplex, type Readable, type Writable } from 'node:stream';

/** One stream of two: what is read comes from `input`, what is written goes to `output`. */
export function duplexOf(input: Readable, output: Writable): Duplex {
  const duplex = new Duplex({
    read: () => {
      input.resume();
    },
    write: (chunk, _encoding, callback) => {
      output.write(chunk, callback);
    },
    final: (callback) => {
      output.end(callback);
    },
    destroy: (error, callback) => {
      output.destroy();
      callback(error);
    },
  });
  input.on('data', (chunk) => {
    if (!duplex.push(chunk)) input.pause();
  });
  output.on('error', (error) => duplex.destroy(error)); // EPIPE when the other end is gone first
  input.once('end', () => duplex.push(null));
  input.once('close', () => duplex.destroy());
  return duplex;
}
