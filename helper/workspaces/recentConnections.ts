import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { log } from '../log.ts';
import { replacePrivateFile } from '../platform/replacePrivateFile.ts';
import type { WorkspaceRef } from './workspace.ts';

const maxEntries = 100;

/** When this machine last connected to each workspace, in a small file of the helper's own. */
export class RecentConnections {
  readonly #path: string;
  #entries: Map<string, Date> | undefined;

  /** @param path the file, made at the first connection. */
  constructor(path: string) {
    this.#path = path;
  }

  /** When a workspace was connected to last; undefined when never, or too long ago. */
  at(ref: Pick<WorkspaceRef, 'installation' | 'workspaceId'>): Date | undefined {
    this.#entries ??= this.#read();
    return this.#entries.get(keyOf(ref));
  }

  /** A workspace is connected now. A file that cannot be written is no reason to end that. */
  remember(ref: WorkspaceRef): void {
    const entries = this.#read(); // another helper may have written meanwhile
    entries.delete(keyOf(ref));
    const newest = [...entries].sort(([, a], [, b]) => b.getTime() - a.getTime()).slice(0, maxEntries - 1);
    this.#entries = new Map([[keyOf(ref), new Date()], ...newest]);
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      replacePrivateFile(this.#path, `${JSON.stringify(Object.fromEntries(this.#entries), undefined, 2)}\n`);
    } catch (error) {
      log.info('workspaces.recent_not_written', { path: this.#path, error });
    }
  }

  #read(): Map<string, Date> {
    try {
      const content: unknown = JSON.parse(readFileSync(this.#path, 'utf8'));
      const entries = typeof content === 'object' && content !== null ? Object.entries(content) : [];
      const dated = entries.map(([key, text]): [string, Date] => [key, new Date(String(text))]);
      return new Map(dated.filter(([, date]) => !Number.isNaN(date.getTime())));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
        log.info('workspaces.recent_not_read', { path: this.#path, error });
      }
      return new Map();
    }
  }
}

function keyOf({ installation, workspaceId }: Pick<WorkspaceRef, 'installation' | 'workspaceId'>): string {
  return `${installation.host}/${workspaceId}`;
}
