import type { Accounts } from '../account/accounts.ts';
import type { Installation } from '../account/installation.ts';
import { Failure, failure } from '../failures.ts';
import { CatalogueWatch } from './catalogueWatch.ts';
import { LiveWorkspaces } from './liveWorkspaces.ts';
import { readWorkspaces } from './readWorkspaces.ts';
import type { RecentConnections } from './recentConnections.ts';
import type { Workspace, WorkspaceRef } from './workspace.ts';
import { inOrder, matchesFilter, type WorkspaceFilter } from './workspaceOrder.ts';

/** Which workspaces, and which page of them. */
export interface WorkspaceQuery extends WorkspaceFilter {
  /** Empty for every installation somebody is signed in to. */
  readonly installations: readonly Installation[];
  readonly pageSize: number;
  /** `nextPageToken` of the page before; empty for the first. */
  readonly pageToken: string;
}

/** A page of workspaces; installations that could not be read are told, not hidden. */
export interface WorkspacePage {
  readonly workspaces: readonly Workspace[];
  readonly nextPageToken: string;
  readonly failures: readonly { readonly installation: Installation; readonly failure: Failure }[];
}

/** The workspaces of all installations. Disposing ends what is watched. */
export class WorkspaceCatalogue implements Disposable {
  readonly #accounts: Accounts;
  readonly #recents: RecentConnections;
  readonly #live = new Map<string, LiveWorkspaces>();
  readonly #watches = new Set<CatalogueWatch>();

  constructor(accounts: Accounts, recents: RecentConnections) {
    this.#accounts = accounts;
    this.#recents = recents;
  }

  /**
   * Lists workspaces: pinned ones first, then running ones, then the most recently used. Those of an installation that is
   * being watched are known already; of another one no more is read than the page needs.
   *
   * @throws Failure INVALID_ARGUMENT for a page token that was not given out, SIGN_IN_REQUIRED when nobody is signed in.
   */
  async list(query: WorkspaceQuery, signal: AbortSignal): Promise<WorkspacePage> {
    const offset = parsePageToken(query.pageToken);
    const end = offset + query.pageSize;
    const installations = this.#installations(query.installations);
    const results = await Promise.all(installations.map((each) => this.#read(each, query, end, signal)));
    signal.throwIfAborted();
    const matching = inOrder(results.flatMap(({ workspaces }) => workspaces));
    return {
      workspaces: matching.slice(offset, end).map((workspace) => this.#withRecent(workspace)),
      nextPageToken: end < matching.length ? String(end) : '',
      failures: results.flatMap(({ installation, failure: reason }) =>
        reason === undefined ? [] : [{ installation, failure: reason }],
      ),
    };
  }

  /**
   * Watches the workspaces. Dispose it when nobody wants to know any more.
   *
   * @param wanted empty for every one somebody is signed in to, or signs in to meanwhile.
   */
  watch(wanted: readonly Installation[]): CatalogueWatch {
    const current = () => {
      const installations = wanted.length > 0 ? wanted : this.#accounts.installations();
      return installations.map((installation) => this.#liveOf(installation));
    };
    const observing = this.#accounts.observe(() => {
      const sources = current();
      watch.follow(sources);
      for (const source of sources) source.retryRefused();
    });
    const watch = new CatalogueWatch(
      (workspace) => this.#withRecent(workspace),
      () => {
        observing[Symbol.dispose]();
        this.#watches.delete(watch);
      },
    );
    this.#watches.add(watch);
    watch.follow(current());
    return watch;
  }

  [Symbol.dispose](): void {
    for (const watch of this.#watches) watch[Symbol.dispose]();
  }

  /** A workspace was deleted: those who watch are told, which the installation does not do. */
  forget({ installation, workspaceId }: WorkspaceRef): void {
    this.#live.get(installation.host)?.forget(workspaceId);
  }

  #withRecent(workspace: Workspace): Workspace {
    const { installation, id: workspaceId } = workspace;
    const lastConnectedAt = this.#recents.at({ installation, workspaceId });
    return lastConnectedAt === undefined ? workspace : { ...workspace, lastConnectedAt };
  }

  #installations(wanted: readonly Installation[]): readonly Installation[] {
    const installations = wanted.length > 0 ? wanted : this.#accounts.installations();
    if (installations.length > 0) return installations;
    throw failure('SIGN_IN_REQUIRED', { host: 'gitpod.io', why: 'there is no token for any installation' });
  }

  #liveOf(installation: Installation): LiveWorkspaces {
    const known = this.#live.get(installation.host);
    if (known !== undefined) return known;
    const live = new LiveWorkspaces(installation, () => this.#accounts.controlPlane(installation));
    this.#live.set(installation.host, live);
    return live;
  }

  /** @param end how many matching workspaces there must be, one more to know whether there is another page. */
  async #read(
    installation: Installation,
    filter: WorkspaceFilter,
    end: number,
    signal: AbortSignal,
  ): Promise<ReadResult> {
    const isWanted = (workspace: Workspace) => matchesFilter(workspace, filter);
    const live = this.#live.get(installation.host);
    if (live?.link?.live === true) {
      return { installation, workspaces: live.workspaces.filter(isWanted), failure: undefined };
    }
    const own = (records: readonly Omit<Workspace, 'installation'>[]) =>
      records.map((record) => ({ ...record, installation })).filter(isWanted);
    try {
      const controlPlane = this.#accounts.controlPlane(installation);
      const [records, pinned] = await Promise.all([
        readWorkspaces(controlPlane, (read) => own(read).length > end, signal),
        controlPlane.listPinnedWorkspaces(signal), // they come first, however long they were not used
      ]);
      const ids = new Set(records.map(({ id }) => id));
      const workspaces = own([...records, ...pinned.filter(({ id }) => !ids.has(id))]);
      return { installation, workspaces, failure: undefined };
    } catch (error) {
      if (error instanceof Failure) return { installation, workspaces: [], failure: error };
      throw error;
    }
  }
}

interface ReadResult {
  readonly installation: Installation;
  readonly workspaces: readonly Workspace[];
  readonly failure: Failure | undefined;
}

function parsePageToken(pageToken: string): number {
  if (pageToken === '') return 0;
  if (!/^\d{1,9}$/.test(pageToken)) {
    throw failure('INVALID_ARGUMENT', { argument: 'page_token', problem: 'it was not given out by this helper' });
  }
  return Number(pageToken);
}
