import { raceSignal } from '../platform/deadline.ts';
import type { InstallationLink, LiveWorkspaces } from './liveWorkspaces.ts';
import type { Workspace, WorkspaceRef } from './workspace.ts';
import { inOrder } from './workspaceOrder.ts';

/** What somebody who watches the workspaces is told. */
export type CatalogueEvent =
  | { readonly kind: 'snapshot'; readonly workspaces: readonly Workspace[] }
  | { readonly kind: 'changed'; readonly workspace: Workspace }
  | { readonly kind: 'removed'; readonly ref: WorkspaceRef }
  | { readonly kind: 'link'; readonly host: string; readonly link: InstallationLink };

/**
 * One who watches. What changes while nobody takes it is kept as what there is then, not as a list of what happened: a slow
 * reader costs no memory and misses no state.
 */
export class CatalogueWatch implements Disposable {
  readonly #complete: (workspace: Workspace) => Workspace;
  readonly #subscriptions = new Map<LiveWorkspaces, Disposable>();
  readonly #onDispose: () => void;
  readonly #links = new Set<LiveWorkspaces>();
  readonly #changed = new Map<string, { readonly source: LiveWorkspaces; readonly id: string }>();
  #wantsSnapshot = false;
  #isOver = false;
  #arrived = Promise.withResolvers<void>();

  /** @param complete adds what only this machine knows. */
  constructor(complete: (workspace: Workspace) => Workspace, onDispose: () => void) {
    this.#complete = complete;
    this.#onDispose = onDispose;
  }

  /** Watches these installations from now on, and no others. */
  follow(sources: readonly LiveWorkspaces[]): void {
    const gone = [...this.#subscriptions].filter(([source]) => !sources.includes(source));
    const added = sources.filter((source) => !this.#subscriptions.has(source));
    for (const [source, subscription] of gone) {
      subscription[Symbol.dispose]();
      this.#subscriptions.delete(source);
    }
    for (const source of added) {
      this.#subscriptions.set(source, this.#subscribe(source));
      if (source.link !== undefined) this.#note(() => this.#links.add(source));
    }
    const isComplete = gone.length === 0 && !added.some(({ link }) => link?.live === true);
    if (isComplete && sources.length > 0) return;
    this.#note(() => {
      this.#wantsSnapshot = true;
    });
  }

  /** What there is to tell; waits until there is something. Undefined at the end. @throws the signal's reason */
  async next(signal: AbortSignal): Promise<readonly CatalogueEvent[] | undefined> {
    await raceSignal(this.#arrived.promise, signal);
    if (this.#isOver) return undefined;
    this.#arrived = Promise.withResolvers<void>();
    const events = [...this.#takeLinks(), ...this.#takeWorkspaces()];
    return events;
  }

  /** Nothing is told any more. */
  [Symbol.dispose](): void {
    this.#note(() => {
      this.#isOver = true;
    });
    for (const subscription of this.#subscriptions.values()) subscription[Symbol.dispose]();
    this.#onDispose();
  }

  #subscribe(source: LiveWorkspaces): Disposable {
    const change = (id: string) =>
      this.#note(() => this.#changed.set(`${source.installation.host} ${id}`, { source, id }));
    return source.subscribe({
      onSnapshot: () =>
        this.#note(() => {
          this.#wantsSnapshot = true;
        }),
      onChanged: change,
      onRemoved: change,
      onLink: () => this.#note(() => this.#links.add(source)),
    });
  }

  #note(what: () => void): void {
    what();
    this.#arrived.resolve();
  }

  #takeLinks(): readonly CatalogueEvent[] {
    const links = [...this.#links];
    this.#links.clear();
    return links.flatMap(({ installation, link }) =>
      link === undefined ? [] : [{ kind: 'link', host: installation.host, link }],
    );
  }

  #takeWorkspaces(): readonly CatalogueEvent[] {
    const changed = [...this.#changed.values()];
    this.#changed.clear();
    if (this.#wantsSnapshot) {
      this.#wantsSnapshot = false;
      const all = [...this.#subscriptions.keys()].flatMap(({ workspaces }) => workspaces);
      const workspaces = inOrder(all).map(this.#complete);
      return [{ kind: 'snapshot', workspaces }];
    }
    return changed.map(({ source, id }): CatalogueEvent => {
      const workspace = source.get(id);
      return workspace === undefined
        ? { kind: 'removed', ref: { installation: source.installation, workspaceId: id, debug: false } }
        : { kind: 'changed', workspace: this.#complete(workspace) };
    });
  }
}
