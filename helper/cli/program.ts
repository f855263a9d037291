import { Command } from 'commander';
import type { WireCore } from '../connection/core.ts';
import { helperVersion } from '../version.ts';
import { addAccountsCommand } from './accounts.ts';
import { addAskpassCommand } from './askpass.ts';
import { addCompletionCommand } from './completion.ts';
import { addConnectCommand } from './connect.ts';
import { addCreateCommand } from './create.ts';
import { addDashboardCommand } from './dashboard.ts';
import { addDeleteCommand } from './delete.ts';
import { addDiagnosticsCommand } from './diagnostics.ts';
import { addDoctorCommand } from './doctor.ts';
import { addExplainCommand } from './explain.ts';
import { addKeysCommand } from './keys.ts';
import { addListCommand } from './list.ts';
import { addLoginCommand } from './login.ts';
import { addLogoutCommand } from './logout.ts';
import { addLogsCommand } from './logs.ts';
import { addOpenCommand } from './openEditor.ts';
import { addOwnerTokenCommand } from './ownerToken.ts';
import { addPlanCommand } from './plan.ts';
import { addProxyCommand } from './proxy.ts';
import { addServeCommand, type ServeListener } from './serve.ts';
import { addSshCommand } from './ssh.ts';
import { addSshCommandCommand } from './sshCommand.ts';
import { addSshConfigCommand } from './sshConfig.ts';
import { addStartCommand } from './start.ts';
import { addStopCommand } from './stop.ts';

/** The command line: one file a command. Wrong usage exits with 2. */
export function createProgram(wireCore: WireCore, serveListener: ServeListener): Command {
  const program = new Command('gitpod-helper')
    .description('Finds your Gitpod workspaces, matches your SSH keys and connects to your workspaces')
    .version(helperVersion)
    .enablePositionalOptions()
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  addLoginCommand(program, wireCore);
  addLogoutCommand(program);
  addAccountsCommand(program, wireCore);
  addServeCommand(program, serveListener);
  addListCommand(program, wireCore);
  addStartCommand(program, wireCore);
  addStopCommand(program, wireCore);
  addCreateCommand(program, wireCore);
  addDeleteCommand(program, wireCore);
  addDashboardCommand(program);
  addKeysCommand(program, wireCore);
  addPlanCommand(program, wireCore);
  addDoctorCommand(program, wireCore);
  addExplainCommand(program);
  addDiagnosticsCommand(program, wireCore);
  addLogsCommand(program);
  addConnectCommand(program, wireCore);
  addSshCommand(program, wireCore);
  addSshCommandCommand(program, wireCore);
  addSshConfigCommand(program, wireCore);
  addOpenCommand(program, wireCore);
  addOwnerTokenCommand(program, wireCore);
  addProxyCommand(program, wireCore);
  addAskpassCommand(program, wireCore);
  addCompletionCommand(program);
  return program;
}
