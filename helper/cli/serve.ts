import type { Command } from 'commander';
import { configureLog, type LogLevel, logLevels } from '../log.ts';

/** `serve --stdio`: gRPC for a front end that started us. */
export function addServeCommand(program: Command, serveStdio: () => void): void {
  program
    .command('serve')
    .description('serve a front end by gRPC over standard input and output')
    .option('--stdio', 'use standard input and output; the only way there is', true)
    .action(() => {
      if (process.stdin.isTTY) {
        process.stderr.write(explanation);
        process.exitCode = 2;
        return;
      }
      configureLog({ level: logLevel() });
      serveStdio();
    });
}

const explanation = `gitpod-helper serve speaks gRPC (HTTP/2) over its standard input and output to the program that starts it,
such as the JetBrains Gateway plugin. On a terminal there is nobody to speak to.
Use list, keys, plan or connect instead: gitpod-helper --help
`;

function logLevel(): LogLevel {
  return logLevels.find((level) => level === process.env['GITPOD_HELPER_LOG']) ?? 'info';
}
