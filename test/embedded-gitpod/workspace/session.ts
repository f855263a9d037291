import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import type { ServerChannel, Session } from 'ssh2';
import type { RecordEvent } from '../events.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import { processEnvironment } from './processEnvironment.ts';
import type { ProcessGroups } from './processGroups.ts';
import { hasTerminals, Terminal, type TerminalSize } from './terminal.ts';

export interface SessionOptions {
  readonly workspace: EmbeddedWorkspace;
  readonly home: string;
  readonly processes: ProcessGroups;
  readonly record: RecordEvent;
}

const sftpServers = [
  '/usr/lib/openssh/sftp-server',
  '/usr/libexec/openssh/sftp-server',
  '/usr/libexec/sftp-server',
  '/usr/lib/ssh/sftp-server',
];

/** A `session` channel (RFC 4254 §6): one shell, command or subsystem, with or without a terminal. */
export class WorkspaceSession {
  readonly #options: SessionOptions;
  readonly #environment: Record<string, string>;
  #terminalSize: TerminalSize | undefined;
  #terminal: Terminal | undefined;
  #child: ChildProcess | undefined;

  constructor(session: Session, options: SessionOptions) {
    this.#options = options;
    this.#environment = processEnvironment(options.workspace, options.home);
    session.on('env', (accept, reject, { key, val }) => {
      if (!/^(LANG|LC_\w+)$/.test(key)) return reject?.();
      this.#environment[key] = val;
      accept?.();
    });
    session.on('pty', (accept, reject, { rows, cols, term }) => {
      if (!hasTerminals || this.#child) return reject?.();
      this.#terminalSize = { rows, cols };
      this.#environment['TERM'] = term;
      accept?.();
    });
    session.on('window-change', (accept, _reject, { rows, cols }) => {
      this.#terminalSize = { rows, cols };
      void this.#terminal?.resize({ rows, cols });
      accept?.();
    });
    session.on('signal', (accept, _reject, { name }) => {
      this.#signal(name);
      accept?.();
    });
    session.on('exec', (accept, reject, { command }) => this.#start('exec', accept, reject, command));
    session.on('shell', (accept, reject) => this.#start('shell', accept, reject, undefined));
    session.on('subsystem', (accept, reject, { name }) => {
      const server = name === 'sftp' ? sftpServers.find(existsSync) : undefined;
      if (server) this.#start('subsystem', accept, reject, server);
      else reject?.();
    });
  }

  #start(
    type: 'exec' | 'shell' | 'subsystem',
    accept: () => ServerChannel,
    reject: (() => void) | undefined,
    command: string | undefined,
  ): void {
    if (this.#child) {
      reject?.();
      return;
    }
    this.#options.record({ kind: 'session', workspaceId: this.#options.workspace.id, type });
    this.#child = this.#spawn(command);
    this.#options.processes.add(this.#child);
    attach(accept(), this.#child);
  }

  #spawn(command: string | undefined): ChildProcess {
    const options = { cwd: this.#options.home, env: this.#environment };
    if (this.#terminalSize) {
      this.#terminal = new Terminal(command, this.#terminalSize, options);
      return this.#terminal.child;
    }
    const args = command === undefined ? ['-l'] : ['-c', command];
    return spawn('/bin/sh', args, { ...options, detached: true, stdio: 'pipe' });
  }

  #signal(name: string): void {
    const signal = `SIG${name}`;
    if (this.#child && isSignal(signal)) this.#options.processes.signal(this.#child, signal);
  }
}

/** Carries the child's streams and end over the channel: all output, then exit-status or exit-signal, EOF and CLOSE. */
function attach(channel: ServerChannel, child: ChildProcess): void {
  const { stdin, stdout, stderr } = child;
  if (stdin) {
    stdin.on('error', () => channel.unpipe(stdin)); // the command did not want its input
    channel.pipe(stdin);
  }
  stdout?.pipe(channel, { end: false });
  stderr?.pipe(channel.stderr, { end: false });
  child.on('error', () => channel.close());
  child.on('close', (code, signal) => {
    channel.stderr.end(() => {
      if (signal) channel.exit(signal.replace(/^SIG/, ''), false, '');
      else channel.exit(code ?? 0);
      channel.end();
    });
  });
  channel.on('close', () => child.kill('SIGHUP'));
}

function isSignal(name: string): name is NodeJS.Signals {
  return name in constants.signals;
}
