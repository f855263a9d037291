import { type Activity, both } from './activity.ts';
import { asciiLowerCase, type ConfigLine, takeWord } from './configLine.ts';
import { expandHostName } from './hostName.ts';
import type { Pass } from './pass.ts';
import { matchesHostList, matchesPatternList } from './pattern.ts';
import { errorAt, type Place } from './place.ts';

/**
 * Decides a `Match` line (ssh_config(5)) as far as that is possible without running anything; every criterion of it has
 * to hold.
 *
 * @throws SshConfigError when the line is malformed.
 */
export function matchLine(line: ConfigLine, place: Place, pass: Pass): Activity {
  let rest: string | undefined = line.rest;
  let result: Activity = 'active';
  let count = 0;
  for (;;) {
    const taken = takeWord(rest);
    rest = taken?.rest;
    if (taken === undefined || taken.word === '') break;
    if (taken.word.startsWith('#')) return finish(count, result, undefined, place);
    const isNegated = taken.word.startsWith('!');
    const criterion = asciiLowerCase(isNegated ? taken.word.slice(1) : taken.word);
    if (criterion === 'all') {
      if (count > 1 || !/^(?:#|$)/.test(takeWord(rest)?.word ?? '')) {
        throw errorAt(place, `'${taken.word}' cannot be combined with other Match attributes`);
      }
      return isNegated ? 'inactive' : result;
    }
    count++;
    if (criterion === 'canonical' || criterion === 'final') {
      if (criterion === 'final') pass.settings.wantsFinalPass = true;
      result = both(result, activityIf(pass.isFinal !== isNegated));
      continue;
    }
    const argument = takeWord(rest);
    if (argument === undefined || argument.word === '' || argument.word.startsWith('#')) {
      throw errorAt(place, `Bad Match condition: missing value of ${criterion}`);
    }
    rest = argument.rest;
    const holds = criterionHolds(criterion, argument.word, place, pass);
    result = both(result, holds === undefined ? { criterion, place } : activityIf(holds !== isNegated));
  }
  return finish(count, result, rest, place);
}

function finish(count: number, result: Activity, rest: string | undefined, place: Place): Activity {
  if (count === 0) throw errorAt(place, 'Bad Match condition: it has no criteria');
  if (rest !== undefined && rest !== '') throw errorAt(place, 'keyword match extra arguments at end of line');
  return result;
}

/** Gives undefined when it cannot be told here. */
function criterionHolds(criterion: string, argument: string, place: Place, pass: Pass): boolean | undefined {
  switch (criterion) {
    case 'host':
      return matchesHostList(currentHost(pass), argument);
    case 'originalhost':
      return matchesHostList(pass.originalHost, argument);
    case 'user':
      return matchesPatternList(pass.settings.value('user') ?? pass.localUser, argument);
    case 'localuser':
      return matchesPatternList(pass.localUser, argument);
    case 'tagged':
      return matchesPatternList(pass.settings.value('tag') ?? '', argument);
    case 'command':
    case 'exec':
    case 'localnetwork':
    case 'sessiontype':
    case 'version':
      return undefined;
    default:
      throw errorAt(place, `Bad Match condition: unsupported Match attribute ${criterion}`);
  }
}

function currentHost({ host, isFinal, settings }: Pass): string {
  const hostName = settings.get('hostname');
  return hostName === undefined || isFinal ? host : expandHostName(hostName, host);
}

function activityIf(holds: boolean): Activity {
  return holds ? 'active' : 'inactive';
}
