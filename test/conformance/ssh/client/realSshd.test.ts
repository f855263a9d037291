import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../../helper/platform/secret.ts';
import { agentSigner } from '../../../../helper/ssh/client/agentSigner.ts';
import type { SshAuthentication } from '../../../../helper/ssh/client/authentication.ts';
import { connectSsh } from '../../../../helper/ssh/client/connectSsh.ts';
import { encryptedFileSigner, fileSigner } from '../../../../helper/ssh/client/fileSigner.ts';
import type { SshConnection } from '../../../../helper/ssh/client/sshConnection.ts';
import { parsePublicKeyLine } from '../../../../helper/ssh/identities/publicKey.ts';
import { duplexOf } from '../../../support/duplexOf.ts';
import { scratchAgent } from '../../../support/ssh/scratchAgent.ts';
import { type ScratchHome, scratchHome } from '../../../support/ssh/scratchHome.ts';
import { makeKey } from '../../../support/ssh/sshTools.ts';
import { scratchSshd } from '../openssh/support/scratchSshd.ts';

const never = new AbortController().signal;

interface Attempt {
  readonly authorized?: string;
  readonly authentication: SshAuthentication;
  readonly lines?: readonly string[];
}

/** Connects our client to a real sshd; what sshd logged is there once the connection is over. */
async function connect(
  home: ScratchHome,
  attempt: Attempt,
): Promise<{ readonly connection: Promise<SshConnection>; readonly log: Promise<string> }> {
  const hostKey = await makeKey(home.at('host_key'), { type: 'ed25519' });
  const { blob } = parsePublicKeyLine(readFileSync(`${hostKey}.pub`, 'utf8'));
  const lines = ['LogLevel DEBUG3', ...(attempt.lines ?? [])];
  const authorized = attempt.authorized ?? '';
  const command = scratchSshd(home, { hostKeys: [hostKey], authorized, lines, logsToStderr: true });
  const sshd = spawn('sh', ['-c', command], { stdio: 'pipe' });
  const log = text(sshd.stderr);
  const connection = connectSsh({
    ...optionsFor(duplexOf(sshd.stdout, sshd.stdin)),
    authentication: async () => attempt.authentication,
    verifyHostKey: async (offered) => expect(offered).toEqual(blob),
  });
  return { connection, log };
}

function optionsFor(stream: Duplex) {
  const user = userInfo().username;
  return { stream, user, handshakeTimeoutMs: 20_000, keepaliveIntervalMs: 0, keepaliveCountMax: 1, signal: never };
}

/** Lets the identification string and the KEXINIT through; the DISCONNECT then meets a broken pipe. */
function breakingAtTheThirdWrite(stream: Duplex): Duplex {
  const write = stream._write.bind(stream);
  let writes = 0;
  stream._write = (chunk, encoding, callback) => {
    writes += 1;
    if (writes < 3) write(chunk, encoding, callback);
    else callback(new Error('write EPIPE'));
  };
  return stream;
}

const publicKeyOf = (keyFile: string) => parsePublicKeyLine(readFileSync(`${keyFile}.pub`, 'utf8'));

describe('our client and a real sshd', () => {
  test.each([
    { type: 'rsa' },
    { type: 'rsa', format: 'PEM' },
    { type: 'ecdsa', bits: 256 },
    { type: 'ecdsa', bits: 384 },
    { type: 'ecdsa', bits: 521, format: 'PKCS8' },
    { type: 'ed25519' },
  ] as const)('by %o from its file, with strict key exchange', async (options) => {
    await using home = scratchHome();
    const key = await makeKey(home.at('key'), options);
    const authorized = readFileSync(`${key}.pub`, 'utf8');
    const signer = fileSigner(key, publicKeyOf(key));
    const { connection, log } = await connect(home, { authorized, authentication: { method: 'publickey', signer } });
    await (await connection)[Symbol.asyncDispose]();
    const said = await log;
    expect(said).toMatch(/Accepted publickey for/);
    expect(said).toMatch(/strict KEX/); // the counter-measure to Terrapin
    if (options.type === 'rsa') expect(said).toMatch(/rsa-sha2-512/);
  });

  test('by a key with a passphrase', async () => {
    await using home = scratchHome();
    const key = await makeKey(home.at('key'), { type: 'ed25519', passphrase: 'open sesame' });
    const signer = await encryptedFileSigner(key, publicKeyOf(key), new Secret('open sesame'));
    const authorized = readFileSync(`${key}.pub`, 'utf8');
    const { connection } = await connect(home, { authorized, authentication: { method: 'publickey', signer } });
    await (await connection)[Symbol.asyncDispose]();
  });

  test('by an RSA key in the agent, where ssh-rsa is refused', async () => {
    await using home = scratchHome();
    const key = await makeKey(home.at('key'), { type: 'rsa' });
    await using agent = await scratchAgent(key);
    const signer = agentSigner(agent.path, publicKeyOf(key));
    const lines = ['PubkeyAcceptedAlgorithms rsa-sha2-256,rsa-sha2-512'];
    const authorized = readFileSync(`${key}.pub`, 'utf8');
    const { connection } = await connect(home, { authorized, lines, authentication: { method: 'publickey', signer } });
    await (await connection)[Symbol.asyncDispose]();
  });

  test('tries a key that is refused once, and names what the server would take', async () => {
    await using home = scratchHome();
    const key = await makeKey(home.at('key'), { type: 'ed25519' });
    const signer = fileSigner(key, publicKeyOf(key));
    const { connection, log } = await connect(home, { authentication: { method: 'publickey', signer } });
    await expect(connection).rejects.toMatchObject({
      kind: 'authentication-refused',
      message: expect.stringContaining('publickey'),
    });
    expect((await log).match(/Failed publickey for/g)).toHaveLength(1);
  });

  test('tries a wrong password once', async () => {
    await using home = scratchHome();
    const lines = ['PasswordAuthentication yes', 'PermitRootLogin yes'];
    const password = new Secret('not the password');
    const { connection, log } = await connect(home, { lines, authentication: { method: 'password', password } });
    await expect(connection).rejects.toMatchObject({ kind: 'authentication-refused' });
    expect((await log).match(/Failed password for/g)).toHaveLength(1);
  });

  test('has no key exchange in common', async () => {
    await using home = scratchHome();
    const lines = ['KexAlgorithms sntrup761x25519-sha512@openssh.com'];
    const { connection } = await connect(home, { lines, authentication: { method: 'none' } });
    await expect(connection).rejects.toMatchObject({ kind: 'handshake' });
  });

  test('fails once when the socket breaks as well', async () => {
    await using home = scratchHome();
    const hostKey = await makeKey(home.at('host_key'), { type: 'ed25519' });
    const lines = ['KexAlgorithms sntrup761x25519-sha512@openssh.com'];
    const sshd = spawn('sh', ['-c', scratchSshd(home, { hostKeys: [hostKey], authorized: '', lines })], {
      stdio: 'pipe',
    });
    const closed = once(sshd, 'close');
    const connection = connectSsh({
      ...optionsFor(breakingAtTheThirdWrite(duplexOf(sshd.stdout, sshd.stdin))),
      authentication: async () => ({ method: 'none' }),
      verifyHostKey: async () => undefined,
    });
    await expect(connection).rejects.toMatchObject({ kind: 'handshake' });
    await closed;
  });

  test('carries a channel to a port that the server sees, half-closed from this side first', async () => {
    await using home = scratchHome();
    const key = await makeKey(home.at('key'), { type: 'ed25519' });
    const signer = fileSigner(key, publicKeyOf(key));
    const server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const authorized = readFileSync(`${key}.pub`, 'utf8');
    const { connection } = await connect(home, { authorized, authentication: { method: 'publickey', signer } });
    await using ssh = await connection;
    const channel = await ssh.openDirectTcpip('127.0.0.1', port, { timeoutMs: 10_000, signal: never });
    const big = 'x'.repeat(5_000_000);
    channel.end(big);
    expect(await text(channel)).toBe(big);
    server.close();
    await once(server, 'close');
  });
});
