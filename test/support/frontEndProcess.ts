/**
 * A front end as a process of its own, for tests that kill it: connects through a helper and prints one line of JSON with
 * the helper's process id and the local port. With `hold`, a third process keeps the helper's input open.
 */
import { spawn } from 'node:child_process';
import { bundlePath } from '../../build.ts';
import { ConnectionServiceService } from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { HelperServiceService } from '../../helper/gen/gitpod/helper/v1/helper_service.ts';
import { connectRequest } from './connectRequest.ts';
import { duplexOf } from './duplexOf.ts';
import { GrpcClient } from './grpcClient.ts';

const world = JSON.parse(process.env['WORLD'] ?? '{}');
const child = spawn(process.execPath, [bundlePath, 'serve', '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
const holder =
  process.argv[2] === 'hold' ? spawn('sleep', ['60'], { stdio: ['ignore', child.stdin, 'ignore'] }) : undefined;
const client = new GrpcClient(duplexOf(child.stdout, child.stdin));
await client.unary(HelperServiceService.initialize, {
  clientName: 'front end that is killed',
  clientVersion: '1',
  minProtocolVersion: 1,
  maxProtocolVersion: 1,
  credentials: [{ host: world.host, token: world.token }],
  proxy: undefined,
  caCertificatesPem: [],
  overrides: {
    home: world.home,
    sshConfigFile: '',
    caFile: world.caFile,
    resolve: [world.resolve],
    sshPort: world.sshPort,
  },
});
const request = connectRequest(world.host, world.workspaceId);
for await (const { event } of client.stream(ConnectionServiceService.connect, request)) {
  if (event?.$case !== 'ready') continue;
  const { localPort } = event.value;
  process.stdout.write(`${JSON.stringify({ helperPid: child.pid, holderPid: holder?.pid ?? null, localPort })}\n`);
}
