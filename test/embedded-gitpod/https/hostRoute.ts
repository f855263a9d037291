import { workspaceIdPattern } from '../model/ids.ts';

/** Where a request goes, by its `Host` (gitpod-wire §4.8 "Routing"). */
export type HostRoute =
  | { readonly kind: 'installation' }
  | { readonly kind: 'public-api' }
  | { readonly kind: 'workspace'; readonly workspaceId: string; readonly debug: boolean }
  | { readonly kind: 'workspace-port'; readonly workspaceId: string; readonly debug: boolean; readonly port: number }
  | { readonly kind: 'foreign-content' }
  | { readonly kind: 'unknown' };

const workspaceLabel = new RegExp(`^(debug-)?(${workspaceIdPattern})$`);
const workspacePortLabel = new RegExp(`^(\\d+)-(debug-)?(${workspaceIdPattern})$`);
// The route that serves an IDE's foreign content matches any label of this alphabet and answers 200 with nothing.
const foreignContentLabel = /^[0-9a-v]+$/;

/**
 * @param host the `Host` header, with or without a port
 * @param domain the installation's host name
 * @param cluster the workspace cluster's host name, `ws-eu1.<domain>`
 */
export function routeHost(host: string, domain: string, cluster: string): HostRoute {
  const hostname = host.replace(/:\d+$/, '').toLowerCase();
  if (hostname === domain) return { kind: 'installation' };
  if (hostname === `api.${domain}`) return { kind: 'public-api' };
  const suffix = `.${cluster}`;
  if (!hostname.endsWith(suffix)) return { kind: 'unknown' };
  const label = hostname.slice(0, -suffix.length);
  const port = workspacePortLabel.exec(label);
  if (port) {
    return {
      kind: 'workspace-port',
      port: Number(port[1]),
      debug: port[2] !== undefined,
      workspaceId: port[3] ?? '',
    };
  }
  const workspace = workspaceLabel.exec(label);
  if (workspace) return { kind: 'workspace', debug: workspace[1] !== undefined, workspaceId: workspace[2] ?? '' };
  return foreignContentLabel.test(label) ? { kind: 'foreign-content' } : { kind: 'unknown' };
}
