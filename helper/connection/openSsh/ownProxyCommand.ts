import { selfCommand } from '../../platform/selfCommand.ts';
import { proxyCommandValue } from '../../ssh/openssh/proxyCommand.ts';

/**
 * Whether a `ProxyCommand` is the one that the managed configuration gives our hosts: this program's `proxy`, or that of
 * another copy of it. It is no way of the user's own.
 */
export function isOwnProxyCommand(command: string): boolean {
  if (command.startsWith(`${proxyCommandValue([...selfCommand(), 'proxy'])} `)) return true;
  return /(?:^|[\s/\\"'])(?:gitpod-helper|helper\.cjs)(?:\.\w+)?["']*\s+proxy\s/.test(command);
}
