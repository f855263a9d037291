import type { SshConfigServiceServer } from '../gen/gitpod/helper/v1/ssh_config_service.ts';
import { unary } from './handle.ts';
import { notImplemented } from './notImplemented.ts';

/** Serves SshConfigService. */
export function sshConfigService(): SshConfigServiceServer {
  return {
    preview: unary(notImplemented('SshConfigService.Preview')),
    install: unary(notImplemented('SshConfigService.Install')),
    uninstall: unary(notImplemented('SshConfigService.Uninstall')),
    status: unary(notImplemented('SshConfigService.Status')),
  };
}
