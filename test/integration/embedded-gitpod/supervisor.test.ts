import { createPrivateKey } from 'node:crypto';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EmbeddedGitpod, type EmbeddedUser, type EmbeddedWorkspace } from '../../embedded-gitpod/embeddedGitpod.ts';
import { type HttpsResponse, httpsGet } from './support/httpsGet.ts';
import { transcript } from './support/transcripts.ts';

let gitpod: EmbeddedGitpod;
let user: EmbeddedUser;
let workspace: EmbeddedWorkspace;

beforeAll(async () => {
  gitpod = await EmbeddedGitpod.start();
  user = gitpod.addUser({ name: 'ada' });
  workspace = gitpod.addWorkspace(user);
});
afterAll(() => gitpod[Symbol.asyncDispose]());

describe('the REST API', () => {
  test('http-ssh_keys-create', async () => {
    const recorded = transcript('http-ssh_keys-create').fields;
    const path = '/_supervisor/v1/ssh_keys/create';
    const unknownId = 'foo-bar-cccccccc99';
    const unknown = await httpsGet(gitpod, `https://${unknownId}.ws-eu1.${gitpod.host}${path}`);
    const location = unknown.headers.location?.replace(gitpod.origin, '').replace(unknownId, '<id>');
    const stopping = gitpod.addWorkspace(user, { phase: 'stopping' });
    expect({
      none: (await httpsGet(gitpod, `${workspace.ideUrl}${path}`)).status,
      unknown: `${unknown.status} ${location}`,
      stopped: (await asOwner(stopping, path)).status,
      'everyone-admission-no-token': (
        await httpsGet(gitpod, `${gitpod.addWorkspace(user, { admission: 'everyone' }).ideUrl}${path}`)
      ).status,
    }).toEqual({ ...recorded, case: undefined });
  });

  test('gives a key of the SSH gateway’s making, with the SSH gateway’s host key, each time another one', async () => {
    const [first, second] = await Promise.all([1, 2].map(() => asOwner(workspace, '/_supervisor/v1/ssh_keys/create')));
    const { privateKey, userName, hostKey } = JSON.parse(first?.body ?? '');
    expect(createPrivateKey(privateKey).asymmetricKeyType).toBe('ec');
    expect(userName).toBe('gitpod');
    const [listed] = gitpod.sshHostKeys;
    expect(hostKey).toEqual({ type: 'ssh-ed25519', value: listed?.blob.toString('base64') });
    expect(JSON.parse(second?.body ?? '').privateKey).not.toBe(privateKey);
  });

  test('http-supervisor', async () => {
    const recorded = transcript('http-supervisor').fields;
    const status = (path: string) => httpsGet(gitpod, `${workspace.ideUrl}/_supervisor/v1/status/${path}`);
    expect((await status('supervisor')).status).toBe(recorded['status-unauth']);
    expect((await status('content')).status).toBe(recorded['content-unauth']);
    gitpod.faults.supervisorDown = true;
    try {
      expect(await status('supervisor')).toMatchObject({ status: recorded['backendDown'], body: recorded['body'] });
    } finally {
      gitpod.faults.supervisorDown = false;
    }
  });
});

describe('CreateSSHKeyPair by gRPC-Web', () => {
  const path = '/_supervisor/v1/supervisor.ControlService/CreateSSHKeyPair';
  const asGrpcWeb = { 'content-type': 'application/grpc-web+proto' };

  async function call(of: EmbeddedWorkspace): Promise<HttpsResponse> {
    const headers = { ...asGrpcWeb, 'x-gitpod-owner-token': of.ownerToken };
    return httpsGet(gitpod, `${of.ideUrl}${path}`, { method: 'POST', headers, body: Buffer.alloc(5) });
  }

  test('gives the same key pair each time, and the host key of the workspace’s own SSH server', async () => {
    const [first, second] = [await call(workspace), await call(workspace)];
    expect(first.headers['content-type']).toBe('application/grpc-web+proto');
    expect(first.bytes.equals(second.bytes)).toBe(true);
    const length = first.bytes.readUInt32BE(1);
    expect(first.bytes.subarray(5 + length + 5).toString()).toContain('grpc-status: 0\r\n');
    const fields = fieldsOf(first.bytes.subarray(5, 5 + length));
    expect(ssh2.utils.parseKey(fields.get(1) ?? '')).not.toBeInstanceOf(Error);
    expect(fields.get(3)?.toString()).toBe('gitpod');
    const hostKey = fieldsOf(fields.get(2)).get(2)?.toString();
    expect(hostKey).toMatch(/^AAAA/);
    expect(gitpod.sshHostKeys.map(({ blob }) => blob.toString('base64'))).not.toContain(hostKey);
  });

  test('needs the owner token', async () => {
    const { status } = await httpsGet(gitpod, `${workspace.ideUrl}${path}`, { method: 'POST', headers: asGrpcWeb });
    expect(status).toBe(401);
  });

  test('answers a request that is no frame, and another method, with a status alone', async () => {
    const headers = { ...asGrpcWeb, 'x-gitpod-owner-token': workspace.ownerToken };
    const malformed = await httpsGet(gitpod, `${workspace.ideUrl}${path}`, { method: 'POST', headers });
    expect(malformed.body).toContain('grpc-status: 13');
    const unknown = await httpsGet(gitpod, `${workspace.ideUrl}${path}s`, { method: 'POST', headers });
    expect(unknown.body).toContain('grpc-status: 12');
  });

  test('is not there for debug workspaces', async () => {
    const headers = { ...asGrpcWeb, 'x-gitpod-owner-token': workspace.ownerToken };
    const { status } = await httpsGet(gitpod, `https://debug-${workspace.host}${path}`, { method: 'POST', headers });
    expect(status).toBe(502);
  });
});

function asOwner(of: EmbeddedWorkspace, path: string): Promise<HttpsResponse> {
  return httpsGet(gitpod, `${of.ideUrl}${path}`, { headers: { 'x-gitpod-owner-token': of.ownerToken } });
}

/** The strings and messages in a protobuf message, by field number. */
function fieldsOf(message: Uint8Array | undefined): ReadonlyMap<number, Buffer> {
  const reader = new BinaryReader(message ?? new Uint8Array());
  const fields = new Map<number, Buffer>();
  while (reader.pos < reader.len) {
    const [field] = reader.tag();
    fields.set(field, Buffer.from(reader.bytes()));
  }
  return fields;
}
