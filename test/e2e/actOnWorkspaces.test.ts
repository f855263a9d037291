import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WorkspacePhase } from '../../helper/gen/gitpod/helper/v1/common.ts';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { type Workspace, WorkspaceServiceService } from '../../helper/gen/gitpod/helper/v1/workspace_service.ts';
import { GrpcError } from '../support/grpcClient.ts';
import { makeWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  await world.initialize();
});
afterEach(() => world[Symbol.asyncDispose]());

const ref = (workspaceId = world.workspace.id) => ({ host: world.gitpod.host, workspaceId, debug: false });

async function phases(
  call: AsyncIterable<{ readonly workspace: Workspace | undefined }>,
): Promise<{ readonly seen: WorkspacePhase[]; readonly last: Workspace | undefined }> {
  const seen: WorkspacePhase[] = [];
  let last: Workspace | undefined;
  for await (const { workspace } of call) {
    if (workspace !== undefined) seen.push(workspace.phase);
    last = workspace;
  }
  return { seen, last };
}

function create(contextUrl: string, organizationId = '') {
  const choice = { workspaceClass: 'g1-large', editor: 'intellij' };
  const request = { host: world.gitpod.host, contextUrl, organizationId, ...choice };
  return phases(world.helper.client.stream(WorkspaceServiceService.createWorkspace, request));
}

async function failureOf(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof GrpcError) || error.failure === undefined) throw new Error('no failure');
  expect(error.failure.remedies.length).toBeGreaterThan(0);
  return error.failure;
}

describe('stop and start', () => {
  test('stop it, then start it and follow each phase until it runs', async () => {
    await world.helper.client.unary(WorkspaceServiceService.stopWorkspace, { workspace: ref() });
    await expect.poll(() => world.workspace.phase, { timeout: 10_000 }).toBe('stopped');
    const { seen, last } = await phases(
      world.helper.client.stream(WorkspaceServiceService.startWorkspace, { workspace: ref() }),
    );
    expect(seen[0]).toBe(WorkspacePhase.STOPPED);
    expect(seen).toContain(WorkspacePhase.CREATING);
    expect(last).toMatchObject({ phase: WorkspacePhase.RUNNING, ideUrl: world.workspace.ideUrl });
  });

  test('is followed no more when another Initialize puts other settings in place', async () => {
    world.workspace.phase = 'pending'; // and stays so
    const request = { workspace: ref() };
    const call = world.helper.client.stream(WorkspaceServiceService.startWorkspace, request)[Symbol.asyncIterator]();
    await call.next();
    await world.initialize();
    const toTheEnd = async () => {
      while ((await call.next()).done !== true);
    };
    expect((await failureOf(toTheEnd())).code).toBe(FailureCode.SHUTTING_DOWN);
  });

  test('of one that runs already tells that', async () => {
    const { seen } = await phases(
      world.helper.client.stream(WorkspaceServiceService.startWorkspace, { workspace: ref() }),
    );
    expect(seen).toEqual([WorkspacePhase.RUNNING]);
  });

  test.each([
    [403, 'Gitpod Classic PAYG has sunset. Please visit …', FailureCode.INSTALLATION_CLOSED, /offer .* has ended/],
    [411, 'Please verify your account.', FailureCode.VERIFICATION_REQUIRED, /must be verified/],
    [412, 'maintenance', FailureCode.INSTALLATION_CLOSED, /under maintenance/],
    [451, 'limit', FailureCode.SPENDING_LIMIT_REACHED, /spending limit/],
    [490, 'too many', FailureCode.TOO_MANY_RUNNING_WORKSPACES, /as many workspaces run/],
    [429, 'too many requests', FailureCode.RATE_LIMITED, /no more calls/],
  ])('refused with %i says so', async (code, message, expected, text) => {
    world.workspace.phase = 'stopped';
    world.gitpod.faults.rpcErrors.set('startWorkspace', { code, message });
    const starting = phases(world.helper.client.stream(WorkspaceServiceService.startWorkspace, { workspace: ref() }));
    const failure = await failureOf(starting);
    expect(failure.code).toBe(expected);
    expect(failure.message).toMatch(text);
  });
});

describe('delete', () => {
  test('is told to those who watch', async () => {
    const events = world.helper.client
      .stream(WorkspaceServiceService.watchWorkspaces, { hosts: [] })
      [Symbol.asyncIterator]();
    for (let known = false; !known; ) known = (await events.next()).value?.event?.$case === 'snapshot';
    world.workspace.phase = 'stopped';
    await world.helper.client.unary(WorkspaceServiceService.deleteWorkspace, { workspace: ref() });
    for (;;) {
      const { event } = (await events.next()).value ?? {};
      if (event?.$case !== 'removed') continue;
      expect(event.value.workspaceId).toBe(world.workspace.id);
      break;
    }
    await events.return(undefined);
    const again = world.helper.client.unary(WorkspaceServiceService.deleteWorkspace, { workspace: ref() });
    expect((await failureOf(again)).code).toBe(FailureCode.WORKSPACE_NOT_FOUND);
  });
});

describe('create', () => {
  test('from a context URL, with class and IDE, followed until it runs', async () => {
    const { last } = await create('https://github.com/example/new-one/tree/dev');
    expect(last).toMatchObject({
      phase: WorkspacePhase.RUNNING,
      repository: 'example/new-one',
      branch: 'dev',
      workspaceClass: 'g1-large',
      editor: 'intellij',
      organizationId: world.user.organizationId,
    });
  });

  test('wants to know the organization when there are several', async () => {
    world.user.organizations.push({ id: '00000000-0000-4000-8000-000000000001', name: 'Acme' });
    const failure = await failureOf(create('https://github.com/example/new-one'));
    expect(failure.code).toBe(FailureCode.ORGANIZATION_REQUIRED);
    expect(failure.message).toContain('Acme (00000000-0000-4000-8000-000000000001)');
    const { last } = await create('https://github.com/example/new-one', world.user.organizationId);
    expect(last?.phase).toBe(WorkspacePhase.RUNNING);
  });

  test.each([
    ['not a url', /it is no http or https URL/],
    ['https://elsewhere.test/whatever', /does not understand it/],
    ['https://github.com/example/not-there', /not there, or the installation may not see it/],
  ])('from %s says what is wrong with it', async (url, text) => {
    const failure = await failureOf(create(url));
    expect(failure.code).toBe(FailureCode.CONTEXT_URL_INVALID);
    expect(failure.message).toMatch(text);
  });

  test('offers what there is to choose from', async () => {
    const options = await world.helper.client.unary(WorkspaceServiceService.getCreateOptions, {
      host: world.gitpod.host,
    });
    expect(options.organizations).toMatchObject([{ id: world.user.organizationId }]);
    expect(options.workspaceClasses).toMatchObject([{ id: 'g1-standard', isDefault: true }, { id: 'g1-large' }]);
    expect(options.editors.map(({ id }) => id)).toEqual(['code', 'intellij', 'goland']);
  });
});
