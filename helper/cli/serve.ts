import type { Command } from 'commander';

/** Serves the contract on a listener; see serveContractOnListener. */
export type ServeListener = (address: string, tokenFile: string | undefined) => Promise<void>;

/**
 * `serve --stdio`: gRPC for a front end that started us. main.ts serves by itself; what comes here is a person who wants
 * a listener for debugging, or help, or a terminal, where there is nobody to speak to.
 */
export function addServeCommand(program: Command, serveListener: ServeListener): void {
  program
    .command('serve')
    .description('serve a front end by gRPC over standard input and output, or a person who debugs with --listen')
    .option('--stdio', 'use standard input and output', true)
    .option('--listen <address>', 'unix:PATH or 127.0.0.1:PORT instead, with reflection, for grpcurl and the like')
    .option('--listen-token-file <path>', "where the port's token is written (0600) instead of on the terminal")
    .action(async ({ listen, listenTokenFile }: { readonly listen?: string; readonly listenTokenFile?: string }) => {
      if (listen !== undefined) {
        await serveListener(listen, listenTokenFile);
        return;
      }
      process.stderr.write(explanation);
      process.exitCode = 2;
    });
}

const explanation = `gitpod-helper serve speaks gRPC (HTTP/2) over its standard input and output to the program that starts it,
such as the JetBrains Gateway plugin. On a terminal there is nobody to speak to.
Use list, keys, plan or connect instead: gitpod-helper --help
To debug with grpcurl: gitpod-helper serve --listen unix:DIRECTORY/helper.sock
`;
