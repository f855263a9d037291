import type { Command } from 'commander';

/**
 * `serve --stdio`: gRPC for a front end that started us. main.ts serves by itself; what comes here is a person who wants
 * help, or a terminal, where there is nobody to speak to.
 */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('serve a front end by gRPC over standard input and output')
    .option('--stdio', 'use standard input and output; the only way there is', true)
    .action(() => {
      process.stderr.write(explanation);
      process.exitCode = 2;
    });
}

const explanation = `gitpod-helper serve speaks gRPC (HTTP/2) over its standard input and output to the program that starts it,
such as the JetBrains Gateway plugin. On a terminal there is nobody to speak to.
Use list, keys, plan or connect instead: gitpod-helper --help
`;
