import { includeArgument } from './configArgument.ts';

/** Which of the things around the line were made for it, to be removed with it. */
export type MadeForInclude = 'nothing' | 'file' | 'file-and-directory';

export type WithoutInclude =
  | { readonly kind: 'edited'; readonly bytes: Buffer }
  /** Nothing is left but what was made for the line. */
  | { readonly kind: 'obsolete'; readonly made: 'file' | 'file-and-directory' };

/** Where the `Include` of a file of ours is in the user's configuration. */
export type IncludePlace = 'first-line' | 'elsewhere' | 'absent';

const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';

const FILE_MARKER = '# This file was made for the line above. It is removed with it, unless more is added.';
const DIRECTORY_MARKER =
  '# This file and its directory were made for the line above. They are removed with it, unless more is added.';

/** Gives the line that includes our file, without its end. */
export function includeLine(managedFile: string): string {
  return `Include ${includeArgument(managedFile)}`;
}

/** Gives what to write into a file that did not exist. */
export function newFileWithInclude(line: string, made: 'file' | 'file-and-directory'): Buffer {
  return Buffer.from(`${line}\n${made === 'file' ? FILE_MARKER : DIRECTORY_MARKER}\n`);
}

/** Puts the line before everything else, after a byte order mark, and nowhere else; all other bytes stay. */
export function withInclude(original: Buffer, line: string): Buffer {
  const { mark, lines } = split(original);
  const written = encode(line);
  const [first] = lines;
  if (first !== undefined && textOf(first) === written) return original;
  const end = first?.endsWith('\r\n') ? '\r\n' : '\n';
  return join(mark, [`${written}${end}`, ...lines.filter((other) => textOf(other) !== written)]);
}

/** Takes the line out, wherever it is; all other bytes stay. */
export function withoutInclude(bytes: Buffer, line: string): WithoutInclude {
  const { mark, lines } = split(bytes);
  const ours = [encode(line), FILE_MARKER, DIRECTORY_MARKER];
  const others = lines.filter((other) => !ours.includes(textOf(other)));
  const made = madeForInclude(lines.map(textOf));
  if (others.length === 0 && mark === '' && made !== 'nothing') return { kind: 'obsolete', made };
  return { kind: 'edited', bytes: join(mark, others) };
}

/** Empties the line wherever it is, so that all others keep their numbers. */
export function withIncludeLeftOut(bytes: Buffer, line: string): Buffer {
  const { mark, lines } = split(bytes);
  return join(
    mark,
    lines.map((other) => (textOf(other) === encode(line) ? '\n' : other)),
  );
}

export function includePlace(bytes: Buffer, line: string): IncludePlace {
  const lines = split(bytes).lines.map(textOf);
  const index = lines.indexOf(encode(line));
  if (index === -1) return 'absent';
  return index === 0 ? 'first-line' : 'elsewhere';
}

function madeForInclude(lines: readonly string[]): MadeForInclude {
  if (lines.includes(DIRECTORY_MARKER)) return 'file-and-directory';
  return lines.includes(FILE_MARKER) ? 'file' : 'nothing';
}

/** Each line keeps its end. Bytes are kept as Latin-1, whatever their encoding. */
function split(bytes: Buffer): { readonly mark: string; readonly lines: readonly string[] } {
  const text = bytes.toString('latin1');
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  return { mark, lines: text.slice(mark.length).match(/[^\n]*\n|[^\n]+$/g) ?? [] };
}

function join(mark: string, lines: readonly string[]): Buffer {
  return Buffer.from(mark + lines.join(''), 'latin1');
}

function encode(line: string): string {
  return Buffer.from(line).toString('latin1');
}

/** A line without its end. */
function textOf(line: string): string {
  return line.replace(/\r?\n$/, '');
}
