import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { CertificateAuthority } from '../embedded-gitpod/tls/certificates.ts';
import { httpProxy } from '../support/proxy/httpProxy.ts';
import { failureOf, makeWorld, untilReady, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  await world.registerKey();
});
afterEach(() => world[Symbol.asyncDispose]());

test('a certificate that is not trusted is told with host, subject, issuer and remedies', async () => {
  await world.initialize({ caFile: '' });
  const failure = await failureOf(world.connect());
  expect(failure.code).toBe(FailureCode.TLS_UNTRUSTED);
  expect(failure.details).toMatchObject({
    host: world.gitpod.host,
    subject: 'embedded Gitpod',
    issuer: expect.stringMatching(/^Embedded Gitpod CA/),
  });
  expect(failure.message).toMatch(
    / is not trusted: its issuer is not known to this machine \(it is for "embedded Gitpod", issued by "Embedded Gitpod CA [^"]+"\)\.$/,
  );
  expect(failure.remedies.map(({ text }) => text)).toEqual([
    'If the installation or your company uses its own certificate authority, name its certificate',
    'In an IDE, accept that certificate authority in its settings (Server Certificates)',
    'If you do not know who issued it, a proxy or antivirus may be opening the connection: ask your administrators',
  ]);
});

test('so it is through a proxy', async () => {
  await using proxy = await httpProxy();
  await world.initialize({ caFile: '', resolve: [] }, { url: proxy.url });
  const failure = await failureOf(world.connect());
  expect(failure.code).toBe(FailureCode.TLS_UNTRUSTED);
  expect(failure.details).toMatchObject({
    host: world.gitpod.host,
    issuer: expect.stringMatching(/^Embedded Gitpod CA/),
  });
});

test('the front end can hand in the authority', async () => {
  const authority = await readFile(world.gitpod.caFile, 'utf8');
  await world.initialize({ caFile: '' }, undefined, [authority]);
  const events = world.connect()[Symbol.asyncIterator]();
  await untilReady(events);
  await events.return(undefined);
});

test.each([
  ['another name', ['elsewhere.example'], 'serverAuth', 'it is for another host name'],
  ['something else than servers', ['*'], 'clientAuth', 'it is not one for servers'],
] as const)('a certificate for %s is told as such, and nothing is sent', async (_what, names, usage, problem) => {
  const authority = await CertificateAuthority.create();
  const ownNames = names.map((name) => (name === '*' ? world.gitpod.host.replace(/:.*/, '') : name));
  const { certificate: cert, privateKey: key } = await authority.issue(ownNames, usage);
  let requests = 0;
  const server: Server = createServer({ cert, key }, () => {
    requests += 1;
  });
  server.on('upgrade', () => {
    requests += 1;
  });
  // Everything of the loopback network is this machine: a second address has the same port free.
  server.listen({ port: world.gitpod.httpsPort, host: '127.0.0.2' });
  await once(server, 'listening');
  try {
    const resolve = [world.gitpod.resolve.replace('127.0.0.1', '127.0.0.2')];
    await world.initialize({ caFile: '', resolve }, undefined, [authority.certificate]);
    const failure = await failureOf(world.connect());
    expect(failure.code).toBe(FailureCode.TLS_UNTRUSTED);
    expect(failure.message).toContain(`${problem} (it is for "embedded Gitpod", issued by "`);
    expect(requests).toBe(0);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
