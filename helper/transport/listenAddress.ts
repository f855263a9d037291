import { lstatSync, mkdirSync, statSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, resolve } from 'node:path';

/** Where a debugging listener is: a socket of the file system, or a port of the loopback interface. */
export type ListenAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly port: number };

/** The address cannot be listened on; the message ends a sentence that begins with it. */
export class ListenAddressError extends Error {
  override readonly name = 'ListenAddressError';
}

/** Reads `unix:PATH` or `127.0.0.1:PORT`, 0 for any free one. @throws ListenAddressError */
export function parseListenAddress(text: string): ListenAddress {
  const [, path] = /^unix:(.+)$/.exec(text) ?? [];
  if (path !== undefined) return { kind: 'unix', path: resolve(path) };
  const [, port] = /^127\.0\.0\.1:(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new ListenAddressError('is neither unix:PATH nor 127.0.0.1:PORT');
  }
  return { kind: 'tcp', port: Number(port) };
}

/**
 * Makes room for a socket: its directory is made 0700 or must be the user's alone, and a socket that nobody listens on any
 * more is removed.
 *
 * @throws ListenAddressError
 */
export async function prepareSocket(path: string): Promise<void> {
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { mode, uid } = statSync(directory);
  if ((mode & 0o077) !== 0 || uid !== process.getuid?.()) {
    throw new ListenAddressError(
      `is in ${directory}, which others may enter; it must be yours alone: chmod 700 ${directory}`,
    );
  }
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isSocket()) throw new ListenAddressError('is there already, and is no socket');
  if (await isListenedOn(path)) throw new ListenAddressError('is in use: another helper listens on it');
  unlinkSync(path);
}

function isListenedOn(path: string): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect(path);
    const answer = (isOpen: boolean) => {
      socket.destroy();
      settle(isOpen);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}
