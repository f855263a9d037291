import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fileSigner } from '../../../helper/ssh/client/fileSigner.ts';
import { resolveHostConfig } from '../../../helper/ssh/config/hostConfig.ts';
import { gatherIdentities } from '../../../helper/ssh/identities/gatherIdentities.ts';
import { parsePublicKeyLine } from '../../../helper/ssh/identities/publicKey.ts';
import { scratchAgent } from '../../support/ssh/scratchAgent.ts';
import { type ScratchHome, scratchHome } from '../../support/ssh/scratchHome.ts';
import { makeSecurityKey } from '../../support/ssh/securityKey.ts';
import { certify, makeKey, runTool } from '../../support/ssh/sshTools.ts';
import { makeXmssKey } from '../../support/ssh/xmssKey.ts';

const signal = new AbortController().signal;

async function gatherIn(home: ScratchHome, agentPath?: string) {
  const environment = home.environment(agentPath);
  const config = await resolveHostConfig({ host: 'a' }, environment, { signal });
  return await gatherIdentities(config, environment, { signal });
}

function publicBlob(path: string): Buffer {
  return parsePublicKeyLine(readFileSync(path, 'utf8')).blob;
}

describe('files', () => {
  test('default names are used where they exist, and are no news where not', async () => {
    await using home = scratchHome();
    await makeKey(home.at('.ssh/id_ed25519'), { type: 'ed25519' });
    await makeKey(home.at('.ssh/id_ecdsa'), { type: 'ecdsa', passphrase: 'secret' });
    expect((await gatherIn(home)).identities).toMatchObject([
      { source: 'default-file', path: home.at('.ssh/id_ecdsa'), signing: { kind: 'passphrase' } },
      { source: 'default-file', path: home.at('.ssh/id_ed25519'), signing: { kind: 'file' } },
    ]);
  });

  test('a configured file that is missing is reported', async () => {
    await using home = scratchHome('IdentityFile ~/gone\nCertificateFile ~/gone-cert.pub\n');
    expect((await gatherIn(home)).identities).toEqual([
      {
        source: 'certificate-file',
        path: home.at('gone-cert.pub'),
        publicKey: undefined,
        signing: { kind: 'unsupported', reason: 'the certificate file does not exist' },
        note: `${home.at('gone-cert.pub')} does not exist.`,
      },
      {
        source: 'config-file',
        path: home.at('gone'),
        publicKey: undefined,
        signing: { kind: 'absent' },
        note: `${home.at('gone')} does not exist.`,
      },
    ]);
  });

  test('only the public half is there', async () => {
    await using home = scratchHome('IdentityFile ~/k\nIdentityFile ~/k.pub\n');
    const key = await makeKey(home.at('k'), { type: 'ed25519' });
    rmSync(key);
    expect((await gatherIn(home)).identities).toMatchObject([
      { path: key, publicKey: { blob: publicBlob(`${key}.pub`) }, signing: { kind: 'absent' } },
      { path: `${key}.pub`, publicKey: { blob: publicBlob(`${key}.pub`) }, signing: { kind: 'absent' } },
    ]);
  });

  test.each(['-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBF\n-----END PGP PUBLIC KEY BLOCK-----\n', 'garbage', ''])(
    'a .pub that is none (%j) gives way to the private file',
    async (text) => {
      await using home = scratchHome('IdentityFile ~/k\n');
      const key = await makeKey(home.at('k'), { type: 'ed25519' });
      const blob = publicBlob(`${key}.pub`);
      home.write('k.pub', text);
      expect((await gatherIn(home)).identities).toMatchObject([
        { publicKey: { blob }, signing: { kind: 'file' }, note: `${key}.pub is not a public key file.` },
      ]);
    },
  );

  test('a .pub of another key: the private key counts', async () => {
    await using home = scratchHome('IdentityFile ~/k\n');
    const key = await makeKey(home.at('k'), { type: 'ed25519' });
    const blob = publicBlob(`${key}.pub`);
    copyFileSync(`${await makeKey(home.at('other'), { type: 'ed25519' })}.pub`, `${key}.pub`);
    expect((await gatherIn(home)).identities).toMatchObject([
      { publicKey: { blob }, signing: { kind: 'file' }, note: expect.stringContaining('is of another key') },
    ]);
  });

  test('encrypted: with its public half where the format shows it', async () => {
    await using home = scratchHome('IdentityFile ~/shown\nIdentityFile ~/hidden\nIdentityFile ~/beside\n');
    const passphrase = 'secret';
    const shown = await makeKey(home.at('shown'), { type: 'ed25519', passphrase });
    await makeKey(home.at('hidden'), { type: 'rsa', format: 'PEM', passphrase, withoutPub: true });
    const beside = await makeKey(home.at('beside'), { type: 'rsa', format: 'PKCS8', passphrase });
    const shownBlob = publicBlob(`${shown}.pub`);
    rmSync(`${shown}.pub`);
    expect((await gatherIn(home)).identities).toMatchObject([
      { publicKey: { blob: shownBlob }, signing: { kind: 'passphrase' } },
      { publicKey: undefined, signing: { kind: 'passphrase' } },
      { publicKey: { blob: publicBlob(`${beside}.pub`) }, signing: { kind: 'passphrase' } },
    ]);
  });

  test('a private file others may read is used, with the note that OpenSSH would not', async () => {
    await using home = scratchHome('IdentityFile ~/k\n');
    chmodSync(await makeKey(home.at('k'), { type: 'ed25519' }), 0o644);
    expect((await gatherIn(home)).identities).toMatchObject([
      { signing: { kind: 'file' }, note: expect.stringContaining('chmod 600') },
    ]);
  });

  test('a key behind other blocks, as `openssl ecparam -genkey` writes it, is read and signs', async () => {
    await using home = scratchHome('IdentityFile ~/k\n');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
    const key = home.write('k', `${parameters}${privateKey.export({ format: 'pem', type: 'sec1' })}`);
    const publicKey = parsePublicKeyLine(await runTool('ssh-keygen', ['-y', '-f', key]));
    const { identities } = await gatherIn(home);
    expect(identities).toMatchObject([{ publicKey: { blob: publicKey.blob }, signing: { kind: 'file' } }]);
    const signature = await fileSigner(key, publicKey).sign(Buffer.from('data'), 'ecdsa-sha2-nistp256', signal);
    expect(signature.length).toBeGreaterThan(64);
  });

  test.each([
    ['openssh-key-v1 behind a line of text', undefined, (key: string) => `of the old laptop\n${key}`],
    ['PEM before another key', 'PEM', (key: string, other: string) => `${key}${other}`],
  ] as const)('%s signs with the key that is read', async (_, format, written) => {
    await using home = scratchHome('IdentityFile ~/k\n');
    const key = await makeKey(home.at('key'), { type: 'rsa', ...(format === undefined ? {} : { format }) });
    const other = await makeKey(home.at('other'), { type: 'ed25519' });
    const path = home.write('k', written(readFileSync(key, 'utf8'), readFileSync(other, 'utf8')));
    const { identities } = await gatherIn(home);
    const publicKey = parsePublicKeyLine(readFileSync(`${key}.pub`, 'utf8'));
    expect(identities).toMatchObject([{ publicKey: { blob: publicKey.blob }, signing: { kind: 'file' } }]);
    const signature = await fileSigner(path, publicKey).sign(Buffer.from('data'), 'rsa-sha2-256', signal);
    expect(signature.length).toBeGreaterThan(64);
  });

  test('what is no key file says what it is, and a pipe does not make us wait', async () => {
    await using home = scratchHome(
      ['directory', 'pipe', 'garbage', 'putty', 'damaged', 'huge'].map((name) => `IdentityFile ~/${name}\n`).join(''),
    );
    mkdirSync(home.at('directory'));
    await runTool('mkfifo', [home.at('pipe')]);
    home.write('garbage', 'garbage\0');
    home.write('putty', 'PuTTY-User-Key-File-3: ssh-ed25519\n');
    home.write('damaged', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n');
    home.write('huge', Buffer.alloc(1024 * 1024 + 1));
    const { identities } = await gatherIn(home);
    expect(identities.map(({ signing }) => ('reason' in signing ? signing.reason : signing.kind))).toEqual([
      'the file is not a regular file',
      'the file is not a regular file',
      'the file is not a private key',
      'the file is a PuTTY key, which OpenSSH does not read; convert it with puttygen',
      expect.stringMatching(/^the file is damaged: /),
      'the file is larger than 1048576 bytes',
    ]);
  });

  test('an XMSS key is listed, with its public half, where it is looked for', async () => {
    await using home = scratchHome();
    const key = makeXmssKey(home.at('.ssh/id_xmss'));
    expect((await gatherIn(home)).identities).toMatchObject([
      {
        source: 'default-file',
        path: key,
        publicKey: { type: 'ssh-xmss@openssh.com', blob: publicBlob(`${key}.pub`) },
      },
    ]);
  });

  test('PGP blocks and garbage beside a good key harm nothing', async () => {
    const pgp = '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQVYBF\n-----END PGP PRIVATE KEY BLOCK-----\n';
    await using home = scratchHome(['pgp', 'good', 'garbage'].map((name) => `IdentityFile ~/${name}\n`).join(''));
    home.write('pgp', pgp);
    home.write('garbage', Buffer.from([0, 255, 10, 0]));
    const good = await makeKey(home.at('good'), { type: 'ed25519' });
    expect((await gatherIn(home)).identities).toMatchObject([
      { signing: { kind: 'unsupported', reason: 'the file is a PGP file, not an SSH key' } },
      { path: good, signing: { kind: 'file' } },
      { signing: { kind: 'unsupported', reason: 'the file is not a private key' } },
    ]);
  });

  test.skipIf(process.getuid?.() === 0)('a file that may not be read is reported', async () => {
    await using home = scratchHome('IdentityFile ~/k\n');
    chmodSync(await makeKey(home.at('k'), { type: 'ed25519' }), 0);
    expect((await gatherIn(home)).identities).toMatchObject([
      { signing: { kind: 'unsupported', reason: 'the file cannot be read: permission denied' } },
    ]);
  });

  test('types that only ssh can use, or none', async () => {
    await using home = scratchHome('IdentityFile ~/sk\nIdentityFile ~/certified\nIdentityFile ~/dsa\n');
    makeSecurityKey(home.at('sk'), 'sk-ecdsa-sha2-nistp256@openssh.com');
    const certified = await makeKey(home.at('certified'), { type: 'ed25519' });
    await certify(certified, certified);
    await makeKey(home.at('dsa'), { type: 'dsa' });
    expect((await gatherIn(home)).identities).toMatchObject([
      { path: home.at('sk'), signing: { kind: 'touch' } },
      { path: certified, signing: { kind: 'file' } },
      { path: `${certified}-cert.pub`, source: 'certificate-file', signing: { kind: 'unsupported' } },
      { path: home.at('dsa'), signing: { kind: 'disabled', reason: expect.stringContaining('ssh-dss') } },
    ]);
  });
});

describe('the agent', () => {
  test('signs for an encrypted file that it holds', async () => {
    await using home = scratchHome('IdentityFile ~/k\nIdentitiesOnly yes\n');
    const key = await makeKey(home.at('k'), { type: 'ed25519' });
    await using agent = await scratchAgent(key);
    await runTool('ssh-keygen', ['-q', '-p', '-N', 'secret', '-f', key]);
    const { identities } = await gatherIn(home, agent.path);
    expect(identities).toMatchObject([
      { source: 'config-file', path: key, agentPath: agent.path, signing: { kind: 'agent' } },
    ]);
  });

  test('that IdentityAgent names wins over the environment', async () => {
    await using home = scratchHome('IdentityAgent ~/link\n');
    await using named = await scratchAgent(await makeKey(home.at('k'), { type: 'ed25519' }));
    await using inherited = await scratchAgent();
    await runTool('ln', ['-s', named.path, home.at('link')]);
    expect(await gatherIn(home, inherited.path)).toMatchObject({
      agent: { state: 'listed' },
      identities: [{ source: 'agent', agentPath: home.at('link'), publicKey: { comment: 'test key' } }],
    });
  });

  test.each([
    ['', 'unset'],
    ['IdentityAgent none', 'disabled'],
    ['IdentityAgent $NOT_SET', 'unset'],
    ['IdentityAgent ~/nowhere', 'absent'],
  ])('%j without SSH_AUTH_SOCK is %s', async (config, state) => {
    await using home = scratchHome(`${config}\n`);
    expect(await gatherIn(home)).toMatchObject({ agent: { state }, identities: [] });
  });
});

describe('a configuration that rules keys out', () => {
  test.each(['PubkeyAuthentication no', 'PreferredAuthentications password', 'PubkeyAcceptedAlgorithms rsa-sha2-512'])(
    '%s',
    async (line) => {
      await using home = scratchHome(`${line}\n`);
      await makeKey(home.at('.ssh/id_ed25519'), { type: 'ed25519' });
      const [keyword = ''] = line.split(' ');
      expect((await gatherIn(home)).identities).toMatchObject([
        { signing: { kind: 'disabled', reason: expect.stringContaining(keyword) } },
      ]);
    },
  );
});
