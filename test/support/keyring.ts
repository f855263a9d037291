import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { findProgram } from '../../helper/platform/findProgram.ts';

const run = promisify(execFile);
const servicePath = '/org/freedesktop/secrets';
const collectionPath = `${servicePath}/collection/login`;

/** Whether this machine has what {@link startKeyring} starts. */
export const hasKeyring = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon', 'secret-tool'].every(
  (program) => findProgram(program, process.env) !== undefined,
);

/** A D-Bus session of its own with GNOME Keyring as its Secret Service. */
export interface Keyring extends AsyncDisposable {
  /** What a program needs in its environment to be part of the session. */
  readonly env: Readonly<Record<string, string>>;
  /** Locks the keyring; there is nobody to ask for its password. */
  readonly lock: () => Promise<void>;
  /** The secret of an entry as secret-tool gives it; undefined when there is none. */
  readonly lookup: (attributes: readonly string[]) => Promise<string | undefined>;
}

/** Starts a keyring that is unlocked and empty. */
export async function startKeyring(): Promise<Keyring> {
  await using resources = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'keyring-'));
  resources.defer(() => rm(directory, { recursive: true, force: true }));
  const base = { PATH: process.env['PATH'] ?? '', HOME: directory, XDG_RUNTIME_DIR: directory };
  // Its own configuration would have the socket in /tmp, and nothing removes it when the daemon is killed.
  const listenAt = `--address=unix:path=${join(directory, 'bus')}`;
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1', listenAt], {
    env: base,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  resources.defer(() => end(bus));
  const [address]: string[] = await once(createInterface({ input: bus.stdout }), 'line');
  const env = { ...base, DBUS_SESSION_BUS_ADDRESS: address ?? '' };
  const daemon = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  resources.defer(() => end(daemon));
  daemon.stdin.end('the password of the keyring');
  await untilUp(env);
  const owned = resources.move();
  return {
    env: { DBUS_SESSION_BUS_ADDRESS: env.DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR: directory },
    lock: () => untilLocked(env),
    lookup: async (attributes) => {
      try {
        return (await run('secret-tool', ['lookup', ...attributes], { env })).stdout;
      } catch {
        return undefined;
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Until the daemon that we have started has the name and its collection; to ask the name itself would start another one. */
async function untilUp(env: Record<string, string>): Promise<void> {
  const giveUpAt = Date.now() + 20_000;
  const bus = ['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus'];
  const hasOwner = [...bus, 'org.freedesktop.DBus.NameHasOwner', 'string:org.freedesktop.secrets'];
  for (;;) {
    const { stdout } = await run('dbus-send', hasOwner, { env });
    if (stdout.includes('true') && (await defaultCollection(env)).includes(collectionPath)) return;
    if (Date.now() > giveUpAt) throw new Error('the keyring does not come up');
  }
}

function defaultCollection(env: Record<string, string>): Promise<string> {
  return callService(env, 'org.freedesktop.Secret.Service.ReadAlias', servicePath, ['string:default']);
}

/** Until the service says that its collection is locked: that it has answered the call does not prove it. */
async function untilLocked(env: Record<string, string>): Promise<void> {
  const giveUpAt = Date.now() + 20_000;
  const isLocked = ['string:org.freedesktop.Secret.Collection', 'string:Locked'];
  for (;;) {
    await callService(env, 'org.freedesktop.Secret.Service.Lock', servicePath, [`array:objpath:${collectionPath}`]);
    const answer = await callService(env, 'org.freedesktop.DBus.Properties.Get', collectionPath, isLocked);
    if (answer.includes('boolean true')) return;
    if (Date.now() > giveUpAt) throw new Error('the keyring does not lock');
  }
}

async function callService(
  env: Record<string, string>,
  method: string,
  path: string,
  words: readonly string[],
): Promise<string> {
  const options = ['--session', '--print-reply', '--dest=org.freedesktop.secrets'];
  return (await run('dbus-send', [...options, path, method, ...words], { env })).stdout;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
