import type { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { RequestError, Server, type ServerOptions } from 'proxy-chain';
import type { TlsIdentity } from '../../embedded-gitpod/tls/certificates.ts';
import { type TestLogin, type TestProxy, tap } from './testProxy.ts';

export interface HttpProxyOptions {
  readonly login?: TestLogin;
  /** Makes it an HTTPS proxy. */
  readonly identity?: TlsIdentity;
  /** Ports that it does not connect to. */
  readonly refusedPorts?: readonly number[];
}

/**
 * An HTTP proxy (proxy-chain). As a program, `httpProxy.ts [USER PASSWORD]` prints its address and serves until its input ends.
 */
export async function httpProxy(options: HttpProxyOptions = {}): Promise<TestProxy> {
  const { login, identity, refusedPorts = [] } = options;
  const targets: string[] = [];
  const common: ServerOptions = {
    port: 0,
    host: '127.0.0.1',
    prepareRequestFunction: ({ hostname, port, username, password }) => {
      if (login !== undefined && (username !== login.username || password !== login.password)) {
        return { requestAuthentication: true };
      }
      targets.push(`${hostname}:${port}`);
      if (refusedPorts.includes(port)) throw new RequestError('this port is not allowed', 403);
      return { dnsLookup: toLoopback as typeof lookup };
    },
  };
  const server =
    identity === undefined
      ? new Server(common)
      : new Server({
          ...common,
          serverType: 'https',
          httpsOptions: { cert: identity.certificate, key: identity.privateKey },
        });
  server.on('error', () => undefined);
  await server.listen();
  return tap(identity === undefined ? 'http' : 'https', server.port, targets, () => server.close(true));
}

const toLoopback: LookupFunction = (hostname, options, callback) => {
  const address = isIP(hostname) === 0 ? '127.0.0.1' : hostname;
  if (options.all === true) callback(null, [{ address, family: 4 }]);
  else callback(null, address, 4);
};

if (import.meta.main) {
  const [username, password] = process.argv.slice(2);
  const proxy = await httpProxy(
    username === undefined || password === undefined ? {} : { login: { username, password } },
  );
  process.stdout.write(`${proxy.url}\n`);
  process.stdin.resume().once('end', () => proxy[Symbol.asyncDispose]());
}
