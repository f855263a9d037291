import { failure } from '../failures.ts';
import { checkWorkspaceId } from '../workspaces/workspaceId.ts';

/** Options of ssh(1) that take an argument; in one word with it or in the next. */
const optionsWithArgument = 'BbcDEeFIiJLlmOopQRSWw';

/** A command line of ssh taken apart. */
export interface SshWords {
  readonly sshOptions: readonly string[];
  readonly workspaceId: string;
  readonly command: readonly string[];
}

/**
 * Splits `[ssh options] WORKSPACE [--] [command…]` as ssh(1) does, whose options come before the host.
 *
 * @throws Failure INVALID_ARGUMENT or WORKSPACE_ID_INVALID.
 */
export function parseSshWords(words: readonly string[]): SshWords {
  let index = 0;
  for (; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '--') {
      index += 1;
      break;
    }
    if (!word.startsWith('-') || word === '-') break;
    if (takesNextWord(word)) index += 1;
  }
  const sshOptions = words.slice(0, index).filter((word) => word !== '--');
  const workspace = words[index];
  if (workspace === undefined) {
    throw failure('INVALID_ARGUMENT', { argument: 'ssh', problem: 'the workspace is missing' });
  }
  const rest = words.slice(index + 1);
  return {
    sshOptions,
    workspaceId: checkWorkspaceId(workspace),
    command: rest[0] === '--' ? rest.slice(1) : rest,
  };
}

/**
 * Takes `-F FILE` out of the options of ssh: it names the configuration of the user, and ssh itself is given ours, which
 * goes on with that one. As with ssh, the last one counts.
 */
export function takeConfigFile(words: readonly string[]): {
  readonly words: readonly string[];
  readonly configFile: string | undefined;
} {
  const others: string[] = [];
  let configFile: string | undefined;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (!word.startsWith('-') || word === '-' || word === '--')
      return { words: [...others, ...words.slice(index)], configFile };
    const next = takesNextWord(word) ? words[++index] : undefined;
    const option = optionWithArgument(word);
    const isConfigFile = word[option] === 'F' && (next !== undefined || option < word.length - 1);
    if (isConfigFile) {
      configFile = next ?? word.slice(option + 1);
      if (option > 1) others.push(word.slice(0, option));
    } else {
      others.push(word, ...(next === undefined ? [] : [next]));
    }
  }
  return { words: others, configFile };
}

/** `-vL 1:h:2`: the first letter that takes an argument takes the rest of the word, or else the next word. */
function takesNextWord(word: string): boolean {
  return optionWithArgument(word) === word.length - 1;
}

/** Where in a word the letter is that takes an argument; -1 without one. */
function optionWithArgument(word: string): number {
  return [...word].findIndex((letter, index) => index > 0 && optionsWithArgument.includes(letter));
}
