import { serveContractOnListener, serveContractOnStdio, wireCore } from './container.ts';

void main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<void> {
  // A front end waits for the first answer: its way does without the command line's parser.
  const isFrontEnd = words[0] === 'serve' && words.slice(1).every((word) => word === '--stdio') && !process.stdin.isTTY;
  if (isFrontEnd) {
    serveContractOnStdio();
    return;
  }
  const { createProgram } = await import('./cli/program.ts');
  await createProgram(wireCore, serveContractOnListener).parseAsync();
}
