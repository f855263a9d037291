/** Recorded cases of parts that the embedded Gitpod does not have, and the part that is missing. */
export const notBuilt: ReadonlyMap<string, string> = new Map([
  ...['in-none-gitpod-exec', 'in-password-id-exec', 'in-otherws-exec'].map(inTunnel),
  ...['ws-protocols', 'ws-origin-foreign', 'ws-notoken', 'ws-badtoken', 'ws-unknown', 'ws-public-notoken'].map(
    inTunnel,
  ),
  ...['ws-in-password', 'ws-in-stopped-gitpod', 'ws-in-stopped-anykey', 'ws-in-dead', 'ws-in-suphang'].map(inTunnel),
  ...['ws-client-close', 'ws-no-pong', 'http-tunnel-plain-get'].map(inTunnel),
  ['http-ssh_keys-create', 'supervisor'],
  ['http-supervisor', 'supervisor'],
]);

function inTunnel(name: string): [string, string] {
  return [name, 'WebSocket tunnel'];
}
