import { spawn } from 'node:child_process';
import { findProgram } from './findProgram.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Opens a page in the user's browser, without a shell, if there is a desktop. The browser lives on by itself.
 *
 * @returns false when there is nothing to open it with, as in an SSH session or a container.
 */
export function openInBrowser(url: string, env: Environment): boolean {
  const opener = browserOpener(env);
  if (opener === undefined) return false;
  const [path, ...words] = opener;
  const { GITPOD_TOKEN: _secret, ...rest } = env;
  const child = spawn(path, [...words, url], { stdio: 'ignore', detached: true, windowsHide: true, env: rest });
  child.on('error', () => undefined); // the page is printed, too
  child.unref();
  return true;
}

function browserOpener(env: Environment): readonly [string, ...string[]] | undefined {
  switch (process.platform) {
    case 'darwin':
      return ['/usr/bin/open'];
    case 'win32': {
      const path = findProgram('rundll32', env, ['C:\\Windows\\System32']);
      return path === undefined ? undefined : [path, 'url.dll,FileProtocolHandler'];
    }
    default: {
      const { DISPLAY, WAYLAND_DISPLAY } = env;
      if ((DISPLAY ?? '') === '' && (WAYLAND_DISPLAY ?? '') === '') return undefined;
      const path = findProgram('xdg-open', env);
      return path === undefined ? undefined : [path];
    }
  }
}
