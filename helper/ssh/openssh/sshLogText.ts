/**
 * Splits what ssh printed on stderr into lines, and undoes the escapes with which it writes backslashes and everything
 * but ASCII there (vis(3), VIS_OCTAL).
 */
export function sshLogLines(stderr: string): readonly string[] {
  return stderr.split(/\r?\n/).map(unescapeLine);
}

function unescapeLine(line: string): string {
  if (!line.includes('\\')) return line;
  const bytes = Buffer.from(line).toString('latin1');
  const unescaped = bytes.replaceAll(/\\(?:(\\)|([0-7]{3}))/g, (_, backslash: string | undefined, octal: string) =>
    backslash === undefined ? String.fromCharCode(Number.parseInt(octal, 8)) : backslash,
  );
  return Buffer.from(unescaped, 'latin1').toString('utf8');
}
