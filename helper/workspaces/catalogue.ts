import type { Accounts } from '../account/accounts.ts';
import type { Installation } from '../account/installation.ts';
import type { WorkspacePhase } from '../account/records.ts';
import { Failure, failure } from '../failures.ts';
import type { Workspace } from './workspace.ts';

/** Which workspaces, and which page of them. */
export interface WorkspaceQuery {
  /** Empty for every installation somebody is signed in to. */
  readonly installations: readonly Installation[];
  /** Words that must all occur in id, description, repository, branch or context URL. */
  readonly text: string;
  /** Empty for all. */
  readonly phases: readonly WorkspacePhase[];
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

/** The server has no offset (gitpod-wire §2.4): everything is read up to this many, and paged here. */
const maxWorkspacesPerInstallation = 10_000;

/** The workspaces of all installations. */
export class WorkspaceCatalogue {
  readonly #accounts: Accounts;

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  /**
   * Lists workspaces in the installations' own order: running ones first, then the most recently used.
   *
   * @throws Failure INVALID_ARGUMENT for a page token that was not given out, SIGN_IN_REQUIRED when nobody is signed in.
   */
  async list(query: WorkspaceQuery, signal: AbortSignal): Promise<WorkspacePage> {
    const installations = query.installations.length > 0 ? query.installations : this.#accounts.installations();
    if (installations.length === 0) {
      throw failure('SIGN_IN_REQUIRED', { host: 'gitpod.io', why: 'there is no token for any installation' });
    }
    const offset = parsePageToken(query.pageToken);
    const results = await Promise.all(installations.map((installation) => this.#read(installation, signal)));
    signal.throwIfAborted();
    const matching = results.flatMap(({ workspaces }) => workspaces).filter((workspace) => matches(workspace, query));
    const end = offset + query.pageSize;
    return {
      workspaces: matching.slice(offset, end),
      nextPageToken: end < matching.length ? String(end) : '',
      failures: results.flatMap(({ installation, failure: reason }) =>
        reason === undefined ? [] : [{ installation, failure: reason }],
      ),
    };
  }

  async #read(installation: Installation, signal: AbortSignal): Promise<ReadResult> {
    try {
      const controlPlane = this.#accounts.controlPlane(installation);
      const records = await controlPlane.listWorkspaces(maxWorkspacesPerInstallation, signal);
      return { installation, workspaces: records.map((record) => ({ ...record, installation })), failure: undefined };
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

function matches(workspace: Workspace, query: WorkspaceQuery): boolean {
  if (query.phases.length > 0 && !query.phases.includes(workspace.instance?.phase ?? 'stopped')) return false;
  const { id, description, repository, branch, contextUrl } = workspace;
  const text = [id, description, repository, branch, contextUrl].join('\n').toLowerCase();
  return query.text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
