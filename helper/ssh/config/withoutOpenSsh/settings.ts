import type { Activity, UndecidedMatch } from './activity.ts';
import type { UsedKeyword } from './keywords.ts';
import { errorAt, type Place } from './place.ts';

export type PathKeyword = 'certificatefile' | 'identityfile';
export type ListKeyword = 'userknownhostsfile';
export type SettingKeyword = Exclude<UsedKeyword, PathKeyword | ListKeyword | 'host' | 'include' | 'match'>;

export interface Setting {
  readonly value: string;
  readonly place: Place;
}

/** Where a value was read, and whether it applies. */
export interface Origin {
  readonly place: Place;
  readonly activity: Activity;
  /** In the user's configuration, not the system's. */
  readonly isUserFile: boolean;
}

/** OpenSSH's own limit for each of the lists of files. */
const MAX_PATHS = 100;

/** OpenSSH's own limit for a list on one line. */
const MAX_LIST_LENGTH = 32;

/** What has been read so far. Of most keywords the first value counts; files accumulate (ssh_config(5)). */
export class Settings {
  /** A `Match final` wants the configuration to be read again with the final host name. */
  wantsFinalPass = false;
  readonly #first = new Map<SettingKeyword, Setting>();
  readonly #lists = new Map<ListKeyword, readonly string[]>();
  readonly #paths = new Map<PathKeyword, { readonly path: string; readonly isUserFile: boolean }[]>();

  get(keyword: SettingKeyword): Setting | undefined {
    return this.#first.get(keyword);
  }

  value(keyword: SettingKeyword): string | undefined {
    return this.#first.get(keyword)?.value;
  }

  paths(keyword: PathKeyword): readonly string[] {
    return (this.#paths.get(keyword) ?? []).map(({ path }) => path);
  }

  /** Keeps a value unless there is one already. Throws SshConfigError when it is undecided whether it applies. */
  setFirst(keyword: SettingKeyword, value: string, { place, activity }: Origin): void {
    if (activity === 'inactive' || this.#first.has(keyword)) return;
    if (activity !== 'active') throw undecided(activity);
    this.#first.set(keyword, { value, place });
  }

  list(keyword: ListKeyword): readonly string[] | undefined {
    return this.#lists.get(keyword);
  }

  /** Keeps a line's words unless there is a list already. Throws SshConfigError as {@link addPath}. */
  setFirstList(keyword: ListKeyword, words: readonly string[], { place, activity }: Origin): void {
    if (words.length === 0 || activity === 'inactive' || this.#lists.has(keyword)) return;
    if (activity !== 'active') throw undecided(activity);
    if (words.length > MAX_LIST_LENGTH) throw errorAt(place, `too many ${keyword} entries.`);
    this.#lists.set(keyword, words);
  }

  /** Keeps a value whatever there was before. */
  replace(keyword: SettingKeyword, value: string, place: Place): void {
    this.#first.set(keyword, { value, place });
  }

  /** Adds a file, once. Throws SshConfigError when it is undecided whether it applies, or there are too many. */
  addPath(keyword: PathKeyword, path: string, { place, activity, isUserFile }: Origin): void {
    if (activity === 'inactive') return;
    const known = this.#paths.get(keyword) ?? [];
    if (known.length >= MAX_PATHS) throw errorAt(place, `more than ${MAX_PATHS} times ${keyword}`);
    if (known.some((entry) => entry.path === path && entry.isUserFile === isUserFile)) return;
    if (activity !== 'active') throw undecided(activity);
    this.#paths.set(keyword, [...known, { path, isUserFile }]);
  }
}

function undecided({ criterion, place }: UndecidedMatch): Error {
  const problem =
    `the configuration of this host depends on Match ${criterion}, ` +
    'which only OpenSSH itself can decide, and it was not found on this machine';
  return errorAt(place, problem);
}
