import { Command } from 'commander';
import type { WireCore } from '../connection/core.ts';
import { helperVersion } from '../version.ts';
import { addConnectCommand } from './connect.ts';
import { addKeysCommand } from './keys.ts';
import { addListCommand } from './list.ts';
import { addPlanCommand } from './plan.ts';
import { addServeCommand } from './serve.ts';

/** The command line: one file a command. Wrong usage exits with 2. */
export function createProgram(wireCore: WireCore): Command {
  const program = new Command('gitpod-helper')
    .description('Finds your Gitpod workspaces, matches your SSH keys and connects to your workspaces')
    .version(helperVersion)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  addServeCommand(program);
  addListCommand(program, wireCore);
  addKeysCommand(program, wireCore);
  addPlanCommand(program, wireCore);
  addConnectCommand(program, wireCore);
  return program;
}
