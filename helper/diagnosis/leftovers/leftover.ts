/** A change of a file that takes something out of it. */
export interface FileRemoval {
  readonly path: string;
  readonly before: Buffer;
  /** The lines that go, counted from 1; all of them when the file itself goes. */
  readonly removedLines: readonly number[];
  readonly removesFile: boolean;
}

/** Something that another tool for Gitpod has left behind. */
export interface Leftover {
  /** What it is, in a sentence. */
  readonly description: string;
  readonly removals: readonly FileRemoval[];
  /** An editor's settings are the user's to change: the change is shown, never made. */
  readonly isByHand: boolean;
}

/** What a leftover is looked for with. */
export interface LeftoverSearch {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The blobs of the published host keys, in base64; empty when they are not known. */
  readonly gatewayKeys: ReadonlySet<string>;
}

/** A file's lines, each with its end. */
export function linesOf(bytes: Buffer): readonly string[] {
  return bytes.toString('latin1').match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** What is left of a file without the lines that go. */
export function contentAfter({ before, removedLines }: FileRemoval): Buffer {
  const left = linesOf(before).filter((_, index) => !removedLines.includes(index + 1));
  return Buffer.from(left.join(''), 'latin1');
}

/** Takes some lines out of a file; undefined when there are none. */
export function removalOfLines(
  path: string,
  before: Buffer,
  isRemoved: (line: string, index: number) => boolean,
): FileRemoval | undefined {
  const removedLines = linesOf(before).flatMap((line, index) =>
    isRemoved(line.replace(/\r?\n$/, ''), index) ? [index + 1] : [],
  );
  return removedLines.length === 0 ? undefined : { path, before, removedLines, removesFile: false };
}

/** Takes a file away. */
export function removalOfFile(path: string, before: Buffer): FileRemoval {
  return { path, before, removedLines: linesOf(before).map((_, index) => index + 1), removesFile: true };
}
