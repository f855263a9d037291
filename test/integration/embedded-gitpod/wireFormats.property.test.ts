import { createPublicKey, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import ssh2 from 'ssh2';
import { describe, expect, test } from 'vitest';
import { parseClientMessage } from '../../embedded-gitpod/control-plane/jsonRpc.ts';
import { routeHost } from '../../embedded-gitpod/https/hostRoute.ts';
import { allowsFunction } from '../../embedded-gitpod/model/accessToken.ts';
import { newOwnerToken, newUuid, newWorkspaceId, workspaceIdPattern } from '../../embedded-gitpod/model/ids.ts';
import { parseUserAuthRequest } from '../../embedded-gitpod/ssh-gateway/userAuthRequest.ts';
import { parseSshUserName } from '../../embedded-gitpod/ssh-gateway/userName.ts';
import { generateSshKeyPair, type SshKeyKind } from '../../embedded-gitpod/ssh-wire/keyPair.ts';
import { MSG } from '../../embedded-gitpod/ssh-wire/messages.ts';
import { mpint } from '../../embedded-gitpod/ssh-wire/mpint.ts';
import { signSsh } from '../../embedded-gitpod/ssh-wire/sign.ts';
import { SshReader, SshWireError } from '../../embedded-gitpod/ssh-wire/sshReader.ts';
import { boolean, raw, sshMessage, uint32 } from '../../embedded-gitpod/ssh-wire/sshWriter.ts';
import { verifySignature } from '../../embedded-gitpod/ssh-wire/verifySignature.ts';
import { CertificateAuthority } from '../../embedded-gitpod/tls/certificates.ts';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));

describe('SSH data types', () => {
  test('what is written is read again', () => {
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.nat(0xffff_ffff),
        fc.boolean(),
        fc.string(),
        bytes,
        (number, count, flag, text, blob) => {
          const reader = new SshReader(sshMessage(number, uint32(count), boolean(flag), text, blob, raw(blob)));
          expect([reader.byte(), reader.uint32(), reader.boolean()]).toEqual([number, count, flag]);
          expect(reader.text()).toBe(Buffer.from(text, 'utf8').toString('utf8'));
          expect(reader.bytes().equals(blob)).toBe(true);
          expect(reader.remaining).toBe(blob.length);
        },
      ),
    );
  });

  test('rubbish is refused with a typed error, whatever it is', () => {
    fc.assert(
      fc.property(bytes, (blob) => {
        try {
          parseUserAuthRequest(Buffer.concat([Buffer.of(MSG.USERAUTH_REQUEST), blob]));
        } catch (error) {
          expect(error).toBeInstanceOf(SshWireError);
        }
      }),
    );
  });

  test('a message cut short anywhere is refused', () => {
    const whole = sshMessage(MSG.USERAUTH_REQUEST, 'user', 'ssh-connection', 'password', boolean(false), 'secret');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: whole.length - 1 }), (length) => {
        expect(() => parseUserAuthRequest(whole.subarray(0, length))).toThrow(SshWireError);
      }),
    );
  });

  test('an mpint is the same number, as short as can be, and never negative', () => {
    const asNumber = (value: Buffer) => BigInt(`0x${value.toString('hex') || '0'}`);
    fc.assert(
      fc.property(bytes, (value) => {
        const encoded = mpint(value);
        expect(asNumber(encoded)).toBe(asNumber(value));
        expect((encoded[0] ?? 0) & 0x80).toBe(0);
        expect(encoded.length > 1 && encoded[0] === 0 && ((encoded[1] ?? 0) & 0x80) === 0).toBe(false);
      }),
    );
  });
});

describe('keys and signatures', () => {
  test.each<SshKeyKind>(['ed25519', 'rsa', 'ecdsa'])(
    '%s keys are ones that ssh2 reads, and sign verifiably',
    async (kind) => {
      const key = await generateSshKeyPair(kind);
      const parsed = ssh2.utils.parseKey(key.privateKeyText);
      if (parsed instanceof Error) throw parsed;
      expect([parsed.type, parsed.getPublicSSH().equals(key.blob)]).toEqual([key.type, true]);
      const algorithm = kind === 'rsa' ? 'rsa-sha2-512' : key.type;
      fc.assert(
        fc.property(bytes, fc.nat(), (data, position) => {
          const signature = signSsh(key, algorithm, data);
          expect(verifySignature(key.blob, signature, data)).toBe(true);
          expect(verifySignature(key.blob, signature, Buffer.concat([data, Buffer.of(0)]))).toBe(false);
          const body = signature.length - 1 - (position % 20);
          signature.writeUInt8(signature.readUInt8(body) ^ 1, body);
          expect(verifySignature(key.blob, signature, data)).toBe(false);
        }),
        { numRuns: 30 },
      );
    },
  );

  test('an ed25519 key is written well every time', async () => {
    for (let i = 0; i < 300; i++) {
      const { privateKeyText } = await generateSshKeyPair('ed25519');
      expect(ssh2.utils.parseKey(privateKeyText)).not.toBeInstanceOf(Error);
    }
  });
});

describe('names', () => {
  const id = fc.oneof(fc.constant(null).map(newWorkspaceId), fc.constant(null).map(newUuid));

  test('ids and owner tokens have the form they must have', () => {
    fc.assert(
      fc.property(id, (generated) => {
        expect(generated).toMatch(new RegExp(`^${workspaceIdPattern}$`));
        expect(newOwnerToken()).toMatch(/^[0-9A-Za-z_.-]{32}$/);
      }),
    );
  });

  test('a host goes where its label says, and never elsewhere', () => {
    const [domain, cluster] = ['gitpod.test', 'ws-eu1.gitpod.test'];
    fc.assert(
      fc.property(id, fc.nat(65_535), fc.boolean(), (workspaceId, port, debug) => {
        const name = `${debug ? 'debug-' : ''}${workspaceId}`;
        const target = { workspaceId, debug };
        expect(routeHost(`${name}.${cluster}:8443`, domain, cluster)).toEqual({ kind: 'workspace', ...target });
        expect(routeHost(`${port}-${name}.${cluster}`, domain, cluster)).toEqual({
          kind: 'workspace-port',
          port,
          ...target,
        });
        expect(routeHost(`${name}.ssh.${cluster}`, domain, cluster)).toEqual({ kind: 'unknown' });
        expect(routeHost(`${name}.${cluster}.elsewhere.test`, domain, cluster)).toEqual({ kind: 'unknown' });
      }),
    );
  });

  test('an SSH user name is split at #, and has a token only if there is just one', () => {
    fc.assert(
      fc.property(
        id,
        fc.array(fc.stringMatching(/^[^#]*$/), { maxLength: 3 }),
        fc.boolean(),
        (workspaceId, rest, debug) => {
          const whole = [workspaceId, ...rest].join('#');
          const name = parseSshUserName(`${debug ? 'debug-' : ''}${whole}`);
          expect(name).toEqual({ whole, debug, id: workspaceId, ownerToken: rest.length === 1 ? rest[0] : undefined });
        },
      ),
    );
  });
});

describe('JSON-RPC', () => {
  test('an array is spread, anything else is the one argument, and ids stay as they are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer()), fc.jsonValue(), (id, params) => {
        const args = Array.isArray(params) ? params : [params];
        const text = JSON.stringify({ jsonrpc: '2.0', id, method: 'x', params });
        expect(parseClientMessage(text)).toEqual(
          JSON.parse(JSON.stringify({ kind: 'request', id, method: 'x', args })),
        );
      }),
    );
  });

  test('no text makes the parser fail', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(['request', 'notification', 'invalid']).toContain(parseClientMessage(text).kind);
      }),
    );
  });
});

test('scopes allow everything by function:* alone, else just what they list', () => {
  const scope = fc.constantFrom('function:*', 'function:a', 'function:b', 'resource:default');
  fc.assert(
    fc.property(fc.uniqueArray(scope), (scopes) => {
      const functions = scopes.filter((name) => name.startsWith('function:'));
      const all = functions.length === 1 && functions[0] === 'function:*';
      expect(allowsFunction(scopes, 'a')).toBe(all || scopes.includes('function:a'));
      expect(allowsFunction(scopes, 'c')).toBe(all);
    }),
  );
});

test('certificates hold for the names asked for, are signed by the authority, and by no other', async () => {
  const authority = await CertificateAuthority.create();
  const root = new X509Certificate(authority.certificate);
  const other = new X509Certificate((await CertificateAuthority.create()).certificate);
  expect([root.ca, root.verify(root.publicKey)]).toEqual([true, true]);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.domain(), { minLength: 1, maxLength: 20 }), async (names) => {
      const { certificate, privateKey } = await authority.issue(names);
      const parsed = new X509Certificate(certificate);
      expect([parsed.ca, parsed.checkIssued(root), parsed.verify(root.publicKey)]).toEqual([false, true, true]);
      expect(parsed.verify(other.publicKey)).toBe(false);
      for (const name of names) expect(parsed.checkHost(name), name).toBeDefined();
      expect(parsed.publicKey.equals(createPublicKey(privateKey))).toBe(true);
    }),
    { numRuns: 20 },
  );
});
