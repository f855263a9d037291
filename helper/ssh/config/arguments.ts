/**
 * Splits the value of a configuration line into its arguments, as OpenSSH does: at blanks outside quotes, single or
 * double; a backslash makes a quote or a backslash literal, and outside quotes a blank too; `#` begins a comment
 * (ssh_config(5)).
 *
 * @returns undefined when a quote is not closed.
 */
export function splitArguments(value: string): readonly string[] | undefined {
  const found: string[] = [];
  let current: string | undefined;
  let quote: string | undefined;
  for (let index = 0; index < value.length; index++) {
    const character = value.charAt(index);
    const next = value.charAt(index + 1);
    if (character === '\\' && (/^["'\\]$/.test(next) || (next === ' ' && quote === undefined))) {
      current = (current ?? '') + next;
      index++;
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else current = (current ?? '') + character;
    } else if (/[ \t\r\n]/.test(character)) {
      if (current !== undefined) found.push(current);
      current = undefined;
    } else if (character === '"' || character === "'") {
      quote = character;
      current ??= '';
    } else if (character === '#' && current === undefined) {
      break;
    } else {
      current = (current ?? '') + character;
    }
  }
  if (quote !== undefined) return undefined;
  if (current !== undefined) found.push(current);
  return found;
}
