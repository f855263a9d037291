import { isAbsolute, join } from 'node:path';
import { homeOfUser } from '../../../platform/home.ts';
import { SshConfigError } from '../../errors.ts';
import { type Activity, both } from './activity.ts';
import { readConfigLines } from './configFile.ts';
import { asciiLowerCase, type ConfigLine, parseConfigLine } from './configLine.ts';
import { type ConfigSource, systemConfigDirectory } from './configSources.ts';
import { globPaths } from './globPaths.ts';
import { isUnusedKeyword, usedKeyword } from './keywords.ts';
import { matchLine } from './matchLine.ts';
import type { Pass } from './pass.ts';
import { matchesPattern, matchesPatternList } from './pattern.ts';
import { errorAt, type Place } from './place.ts';
import { readSetting } from './readSetting.ts';

/** How many files deep an `Include` may be. */
const MAX_DEPTH = 16;

/** What an included file is read as. */
interface Inclusion {
  readonly isUserFile: boolean;
  readonly depth: number;
  /** Of the line that includes it: nothing in it applies when that does not. */
  readonly activity: Activity;
}

/**
 * Reads configuration files into the settings of a pass, following `Include`.
 *
 * @throws SshConfigError at the first line OpenSSH would refuse, and where the outcome cannot be told without it.
 */
export async function readConfigFiles(sources: readonly ConfigSource[], pass: Pass): Promise<void> {
  for (const source of sources) {
    const lines = await readConfigLines(source.path, source);
    if (lines === undefined && !source.mayBeMissing) {
      throw new SshConfigError(`Can't open user config file ${source.path}: it does not exist`, { file: source.path });
    }
    const inclusion = { isUserFile: source.isUserFile, depth: 0, activity: 'active' } as const;
    await readLines(source.path, lines ?? [], inclusion, pass);
  }
}

async function readLines(file: string, lines: readonly string[], inclusion: Inclusion, pass: Pass): Promise<void> {
  pass.signal.throwIfAborted();
  let { activity } = inclusion;
  for (const [index, text] of lines.entries()) {
    const place = { file, line: index + 1 };
    const line = parseConfigLine(text, place);
    if (line === undefined) continue;
    const keyword = usedKeyword(line.keyword);
    switch (keyword) {
      case undefined:
        expectKnown(line, place, pass);
        break;
      case 'host':
        activity = both(inclusion.activity, hostLine(line, place, pass));
        break;
      case 'match':
        activity = both(inclusion.activity, matchLine(line, place, pass));
        break;
      case 'include':
        await includeLine(line, place, { ...inclusion, activity }, pass);
        break;
      default: {
        const origin = { place, activity, isUserFile: inclusion.isUserFile };
        readSetting(keyword, line, origin, pass.settings, pass.environment.env);
      }
    }
  }
}

function expectKnown({ keyword }: ConfigLine, place: Place, { settings }: Pass): void {
  const ignored = asciiLowerCase(settings.value('ignoreunknown') ?? '');
  if (isUnusedKeyword(keyword) || matchesPatternList(keyword, ignored)) return;
  throw errorAt(place, `Bad configuration option: ${keyword}`);
}

function hostLine({ words }: ConfigLine, place: Place, { host }: Pass): Activity {
  let activity: Activity = 'inactive';
  for (const word of words) {
    if (word === '') throw errorAt(place, 'keyword host empty argument');
    const isNegated = word.startsWith('!');
    if (!matchesPattern(host, isNegated ? word.slice(1) : word)) continue;
    if (isNegated) return 'inactive';
    activity = 'active';
  }
  return activity;
}

async function includeLine({ words }: ConfigLine, place: Place, inclusion: Inclusion, pass: Pass): Promise<void> {
  for (const word of words) {
    if (word === '') throw errorAt(place, 'keyword include empty argument');
    const pattern = includePattern(word, place, inclusion, pass);
    for (const path of pattern === undefined ? [] : await globPaths(pattern)) {
      if (inclusion.depth >= MAX_DEPTH) throw errorAt(place, 'Too many recursive configuration includes');
      const lines = await readConfigLines(path, { checksPermissions: true });
      await readLines(path, lines ?? [], { ...inclusion, depth: inclusion.depth + 1 }, pass);
    }
  }
}

/** Makes the pattern absolute; undefined when it names the home of a user who does not exist. */
function includePattern(
  word: string,
  place: Place,
  { isUserFile }: Inclusion,
  { environment }: Pass,
): string | undefined {
  if (word.startsWith('~') && !isUserFile) throw errorAt(place, `bad include path ${word}.`);
  // OpenSSH leaves ~ to glob(3), which follows $HOME.
  const home = environment.env['HOME'] ?? environment.home;
  const [, user, rest = ''] = /^~([^/]*)(.*)$/s.exec(word) ?? [];
  if (user !== undefined) {
    const base = user === '' ? home : homeOfUser(user);
    return base === undefined ? undefined : `${base}${rest}`;
  }
  if (isAbsolute(word)) return word;
  return join(isUserFile ? join(home, '.ssh') : systemConfigDirectory(environment), word);
}
