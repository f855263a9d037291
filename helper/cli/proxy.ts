import type { Command } from 'commander';
import type { WireCore } from '../connection/core.ts';
import { openCompanionProxyStream } from '../connection/openSsh/companionProxy.ts';
import { carry, openProxyStream } from '../connection/openSsh/proxy.ts';
import { workspaceOfHostName } from '../connection/openSsh/sshHostName.ts';
import { addCommonOptions, type CommonOptions, installationOf } from './commonOptions.ts';
import { runCommand } from './runCommand.ts';

/** `proxy HOST`: OpenSSH's ProxyCommand. Never asks anything; what is wrong is said in a sentence on standard error. */
export function addProxyCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('proxy <host>'))
    .description("carry OpenSSH's connection to a workspace (for ProxyCommand)")
    .option('--key <fingerprint>', 'the one key that OpenSSH offers, by its SHA256 fingerprint')
    .action((host: string, options: CommonOptions & { readonly key?: string }) =>
      runCommand({ ...options, json: false }, wireCore, async ({ core, signal }) => {
        const { workspaceId, debug, isBare } = workspaceOfHostName(host);
        const ref = { installation: installationOf(options), workspaceId, debug };
        if (isBare)
          process.stderr.write(`${host}: by the Local Companion's way, which is legacy: a bare id asks for it\n`);
        const stream = isBare
          ? await openCompanionProxyStream(ref, core.context, signal)
          : await openProxyStream(ref, options.key, core.context, signal);
        await carry(stream, process.stdin, process.stdout, signal);
        process.stdin.destroy();
      }),
    );
}
