import { SshKeyFormatError } from '../errors.ts';
import { type HostKey, parseHostKey } from './hostKey.ts';

/** `@revoked`, `@cert-authority`, or neither, at the beginning of a line. */
export type KnownHostsMarker = 'none' | 'revoked' | 'cert-authority';

/** One line of a known_hosts file that names hosts and a key. */
export interface KnownHostsEntry {
  /** Counted from 1. */
  readonly line: number;
  readonly marker: KnownHostsMarker;
  /** As written: patterns separated by commas, or one hashed name. */
  readonly hosts: string;
  readonly key: HostKey;
}

/** A line that names no host and key. */
export interface MalformedLine {
  /** Counted from 1. */
  readonly line: number;
  /** Ends a sentence that begins with the line. */
  readonly reason: string;
}

/** What a known_hosts file says. */
export interface KnownHosts {
  readonly entries: readonly KnownHostsEntry[];
  /** Lines that OpenSSH passes over as well. */
  readonly malformed: readonly MalformedLine[];
}

/** Reads the text of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). A malformed line harms no other. */
export function parseKnownHosts(text: string): KnownHosts {
  const entries: KnownHostsEntry[] = [];
  const malformed: MalformedLine[] = [];
  for (const [index, written] of text.split('\n').entries()) {
    const content = written.replace(/^[ \t]+|[ \t\r]+$/g, '');
    if (content === '' || content.startsWith('#')) continue;
    const line = index + 1;
    try {
      entries.push({ line, ...parseLine(content) });
    } catch (error) {
      if (!(error instanceof SshKeyFormatError)) throw error;
      malformed.push({ line, reason: error.message });
    }
  }
  return { entries, malformed };
}

function parseLine(content: string): Omit<KnownHostsEntry, 'line'> {
  const { marker, rest } = splitMarker(content);
  const [hosts, type, base64] = rest.split(/[ \t]+/);
  if (hosts === undefined || type === undefined || base64 === undefined || hosts.startsWith('@')) {
    throw new SshKeyFormatError('has no host, type and key');
  }
  return { marker, hosts, key: parseHostKey(type, base64) };
}

/** As in OpenSSH, a marker ends at the first space of the line, and at a tab only if there is no space in it at all. */
function splitMarker(content: string): { readonly marker: KnownHostsMarker; readonly rest: string } {
  if (!content.startsWith('@')) return { marker: 'none', rest: content };
  const [, word = content, rest = ''] = /^(@[^ ]*) +(.*)$/.exec(content) ?? /^(@[^\t]*)\t+(.*)$/.exec(content) ?? [];
  return { marker: parseMarker(word), rest: rest.replace(/^\t+/, '') };
}

function parseMarker(word: string): KnownHostsMarker {
  switch (word) {
    case '@revoked':
      return 'revoked';
    case '@cert-authority':
      return 'cert-authority';
    default:
      throw new SshKeyFormatError(`has the unknown marker ${word}`);
  }
}
