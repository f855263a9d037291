import { errorAt, type Place } from './place.ts';

/**
 * One line with a keyword.
 *
 * The `ssh-config` package is no help here: its parse keeps neither line numbers nor what follows `#` in a command, takes
 * the next line for a missing value, merges repeated and negated `Match` criteria, and quotes otherwise than OpenSSH.
 */
export interface ConfigLine {
  /** In lower case. */
  readonly keyword: string;
  /** Everything after the keyword, as written. */
  readonly rest: string;
  /** The rest as words, without quotes and comment. */
  readonly words: readonly string[];
}

/**
 * Reads a line as OpenSSH does (ssh_config(5)): keyword, blanks or one `=`, words. Gives undefined for one without keyword.
 *
 * @throws SshConfigError when the value is missing or its quotes are not balanced.
 */
export function parseConfigLine(text: string, place: Place): ConfigLine | undefined {
  const line = trimEnd(text.replace(/\0.*$/s, ''));
  const first = takeWord(line);
  const taken = first?.word === '' ? takeWord(first.rest) : first;
  if (taken === undefined || taken.word === '' || taken.word.startsWith('#')) return undefined;
  const keyword = asciiLowerCase(taken.word);
  const rest = taken.rest?.replace(/^[ \t\r\n]+/, '') ?? '';
  if (rest === '') throw errorAt(place, `no argument after keyword "${keyword}"`);
  const words = splitWords(rest);
  if (words === undefined) throw errorAt(place, 'invalid quotes');
  return { keyword, rest, words };
}

export interface TakenWord {
  readonly word: string;
  /** Undefined at the end of the text. */
  readonly rest: string | undefined;
}

/**
 * Takes the first word the way OpenSSH takes keywords and `Match` criteria: up to a blank or `=`, with one `=` skipped
 * after it, or, from a double quote on, up to the next one. Gives undefined at the end and when a quote is not closed.
 */
export function takeWord(text: string | undefined): TakenWord | undefined {
  if (text === undefined) return undefined;
  const end = text.search(/[ \t\r\n"=]/);
  if (end === -1) return { word: text, rest: undefined };
  if (text[end] === '"') {
    const close = text.indexOf('"', end + 1);
    if (close === -1) return undefined;
    return { word: text.slice(0, end) + text.slice(end + 1, close), rest: skipBlanks(text.slice(close + 1)) };
  }
  const rest = skipBlanks(text.slice(end + 1));
  const hasSecondSeparator = text[end] !== '=' && rest.startsWith('=');
  return { word: text.slice(0, end), rest: hasSecondSeparator ? skipBlanks(rest.slice(1)) : rest };
}

/** Splits a value into words, up to a word that begins with `#`. Gives undefined when a quote is not closed. */
function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const isBlank = character === ' ' || character === '\t';
    if (word === undefined && isBlank) continue;
    if (word === undefined && character === '#') break;
    word ??= '';
    if (character === '\\' && isEscapable(text.charAt(at + 1), quote)) {
      word += text.charAt(++at);
    } else if (character === quote) {
      quote = undefined;
    } else if (quote === undefined && (character === '"' || character === "'")) {
      quote = character;
    } else if (quote === undefined && isBlank) {
      words.push(word);
      word = undefined;
    } else {
      word += character;
    }
  }
  if (quote !== undefined) return undefined;
  return word === undefined ? words : [...words, word];
}

function isEscapable(character: string, quote: string | undefined): boolean {
  if (character === ' ') return quote === undefined;
  return character === '"' || character === "'" || character === '\\';
}

function skipBlanks(text: string): string {
  return text.replace(/^[ \t\r\n]+/, '');
}

/** Cuts blanks and form feeds off the end, but never the first character. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 1 && ' \t\r\n\f'.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Lower-cases as C does in the POSIX locale: nothing but A to Z. */
export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
