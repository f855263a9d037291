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

/** `-vL 1:h:2`: the first letter that takes an argument takes the rest of the word, or else the next word. */
function takesNextWord(word: string): boolean {
  const letters = [...word.slice(1)];
  const first = letters.findIndex((letter) => optionsWithArgument.includes(letter));
  return first >= 0 && first === letters.length - 1;
}
