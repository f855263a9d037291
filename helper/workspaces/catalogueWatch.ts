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
  readonly #sources: readonly LiveWorkspaces[];
  readonly #complete: (workspace: Workspace) => Workspace;
  readonly #subscriptions: readonly Disposable[];
  readonly #links = new Set<LiveWorkspaces>();
  readonly #changed = new Map<string, { readonly source: LiveWorkspaces; readonly id: string }>();
  #wantsSnapshot = false;
  #arrived = Promise.withResolvers<void>();

  /** @param complete adds what only this machine knows. */
  constructor(sources: readonly LiveWorkspaces[], complete: (workspace: Workspace) => Workspace) {
    this.#sources = sources;
    this.#complete = complete;
    this.#subscriptions = sources.map((source) => this.#subscribe(source));
    if (sources.some(({ link }) => link?.live === true)) this.#wantsSnapshot = true;
    for (const source of sources) if (source.link !== undefined) this.#links.add(source);
    if (this.#links.size > 0) this.#arrived.resolve();
  }

  /** What there is to tell; waits until there is something. @throws the signal's reason */
  async next(signal: AbortSignal): Promise<readonly CatalogueEvent[]> {
    await raceSignal(this.#arrived.promise, signal);
    this.#arrived = Promise.withResolvers<void>();
    const events = [...this.#takeLinks(), ...this.#takeWorkspaces()];
    return events;
  }

  [Symbol.dispose](): void {
    for (const subscription of this.#subscriptions) subscription[Symbol.dispose]();
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
      const workspaces = inOrder(this.#sources.flatMap((source) => source.workspaces)).map(this.#complete);
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
