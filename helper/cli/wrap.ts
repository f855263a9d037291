/** Breaks a text at blanks so that no line is longer than `width`; words that are longer stay whole. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** How wide the output may be: that of the terminal, or what everybody can show. */
export function outputWidth(): number {
  return Math.max(40, Math.min(process.stdout.columns ?? 80, 100));
}
