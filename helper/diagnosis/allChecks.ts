import type { Check } from './check.ts';
import { agent } from './checks/agent.ts';
import { backend } from './checks/backend.ts';
import { clock } from './checks/clock.ts';
import { crashes } from './checks/crashes.ts';
import { gatewayHostKey } from './checks/gatewayHostKey.ts';
import { gatewayHostKeys } from './checks/gatewayHostKeys.ts';
import { gatewayPort } from './checks/gatewayPort.ts';
import { helperItself } from './checks/helperItself.ts';
import { httpsPort } from './checks/httpsPort.ts';
import { keys } from './checks/keys.ts';
import { leftovers } from './checks/leftovers.ts';
import { managedConfig } from './checks/managedConfig.ts';
import { nameResolution } from './checks/nameResolution.ts';
import { openSshProgram } from './checks/openSshProgram.ts';
import { proxyInTheWay } from './checks/proxyInTheWay.ts';
import { routes, wayIn } from './checks/routes.ts';
import { runtime } from './checks/runtime.ts';
import { scopes } from './checks/scopes.ts';
import { settings } from './checks/settings.ts';
import { signIn } from './checks/signIn.ts';
import { sshConfig } from './checks/sshConfig.ts';
import { supervisor } from './checks/supervisor.ts';
import { tlsCertificate } from './checks/tlsCertificate.ts';
import { webSocketUpgrade } from './checks/webSocketUpgrade.ts';
import { workspaceState } from './checks/workspaceState.ts';

/** Every check, in the order of the list; each comes after those that it builds on. */
export const allChecks: readonly Check[] = [
  runtime,
  helperItself,
  settings,
  openSshProgram,
  crashes,
  nameResolution,
  proxyInTheWay,
  httpsPort,
  tlsCertificate,
  clock,
  webSocketUpgrade,
  signIn,
  scopes,
  sshConfig,
  keys,
  agent,
  managedConfig,
  leftovers,
  gatewayHostKeys,
  gatewayPort,
  gatewayHostKey,
  workspaceState,
  supervisor,
  backend,
  ...routes,
  wayIn,
];
