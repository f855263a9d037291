import { Duplex } from 'node:stream';

/** The client connection preface of HTTP/2 (RFC 9113 §3.4): what a gRPC client sends first. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** What arrived on standard input is not HTTP/2. */
export class NotHttp2Error extends Error {
  override readonly name = 'NotHttp2Error';

  constructor() {
    super('what arrived on standard input is not HTTP/2: the helper is driven by gRPC over its standard streams');
  }
}

/**
 * The process's standard input and output as one stream. From here on nobody else can print to standard output by
 * accident: what a dependency writes there goes to standard error.
 *
 * The stream is destroyed with {@link NotHttp2Error} when the first bytes are not HTTP/2's.
 */
export function takeStdio(): Duplex {
  const { stdin, stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);

  let checked = 0;
  const stream = new Duplex({
    allowHalfOpen: false,
    read() {
      stdin.resume();
    },
    write(chunk: Buffer, _encoding, callback) {
      write(chunk, callback);
    },
    final(callback) {
      callback();
    },
    destroy(error, callback) {
      stdin.destroy();
      callback(error);
    },
  });
  stdin.on('data', (chunk: Buffer) => {
    if (checked < preface.length) {
      const head = chunk.subarray(0, preface.length - checked);
      if (!head.equals(preface.subarray(checked, checked + head.length))) {
        stream.destroy(new NotHttp2Error());
        return;
      }
      checked += head.length;
    }
    if (!stream.push(chunk)) stdin.pause();
  });
  stdin.once('end', () => stream.push(null));
  stdin.once('error', (error) => stream.destroy(error));
  stdout.once('error', (error) => stream.destroy(error)); // EPIPE: the front end is gone
  return stream;
}
