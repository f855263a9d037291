import { type Installation, parseInstallation } from '../account/installation.ts';
import type { CreateOption } from '../account/records.ts';
import type { Core } from '../connection/core.ts';
import { Failure } from '../failures.ts';
import type {
  CreateWorkspaceRequest,
  CreateWorkspaceResponse,
  DeleteWorkspaceRequest,
  GetCreateOptionsRequest,
  GetCreateOptionsResponse,
  ListWorkspacesRequest,
  ListWorkspacesResponse,
  StartWorkspaceRequest,
  StartWorkspaceResponse,
  StopWorkspaceRequest,
  WatchWorkspacesRequest,
  WatchWorkspacesResponse,
  WorkspaceServiceServer,
} from '../gen/gitpod/helper/v1/workspace_service.ts';
import { log } from '../log.ts';
import { createWorkspace } from '../workspaces/createWorkspace.ts';
import { startAndFollow } from '../workspaces/startAndFollow.ts';
import type { Workspace, WorkspaceRef } from '../workspaces/workspace.ts';
import { failureMessage } from './failureMessage.ts';
import { type Send, serverStream, unary } from './handle.ts';
import type { Session } from './session.ts';
import { catalogueMessages, createOptionMessage, workspaceMessage } from './workspaceMessages.ts';
import { readPhases } from './workspacePhase.ts';
import { readWorkspaceRef } from './workspaceRef.ts';

const defaultPageSize = 50;
const maxPageSize = 500;

/** Serves WorkspaceService. */
export function workspaceService(session: Session): WorkspaceServiceServer {
  return {
    listWorkspaces: unary(async (request: ListWorkspacesRequest, signal): Promise<ListWorkspacesResponse> => {
      const page = await session.core.catalogue.list(
        {
          installations: request.hosts.map(parseInstallation),
          text: request.query,
          phases: readPhases(request.phases),
          pageSize: Math.min(request.pageSize === 0 ? defaultPageSize : request.pageSize, maxPageSize),
          pageToken: request.pageToken,
        },
        signal,
      );
      return {
        workspaces: page.workspaces.map(workspaceMessage),
        nextPageToken: page.nextPageToken,
        failures: page.failures.map(({ installation, failure }) => ({
          host: installation.host,
          failure: failureMessage(failure),
        })),
      };
    }),
    watchWorkspaces: serverStream(
      async (request: WatchWorkspacesRequest, send: Send<WatchWorkspacesResponse>, signal) => {
        using watch = session.core.catalogue.watch(request.hosts.map(parseInstallation));
        for (let events = await watch.next(signal); events !== undefined; events = await watch.next(signal)) {
          for (const event of events) {
            for (const message of catalogueMessages(event)) await send(message);
          }
        }
      },
    ),
    startWorkspace: serverStream(async (request: StartWorkspaceRequest, send: Send<StartWorkspaceResponse>, signal) => {
      const ref = readWorkspaceRef(request.workspace);
      await follow(ref, session.core, (workspace) => send({ workspace: workspaceMessage(workspace) }), signal);
    }),
    stopWorkspace: unary(async (request: StopWorkspaceRequest, signal) => {
      const { installation, workspaceId } = readWorkspaceRef(request.workspace);
      await session.core.context.accounts.controlPlane(installation).stopWorkspace(workspaceId, signal);
      return {};
    }),
    createWorkspace: serverStream(
      async (request: CreateWorkspaceRequest, send: Send<CreateWorkspaceResponse>, signal) => {
        const installation = parseInstallation(request.host);
        const controlPlane = session.core.context.accounts.controlPlane(installation);
        const workspaceId = await createWorkspace(installation, request, controlPlane, signal);
        const ref = { installation, workspaceId, debug: false };
        await follow(ref, session.core, (workspace) => send({ workspace: workspaceMessage(workspace) }), signal);
      },
    ),
    deleteWorkspace: unary(async (request: DeleteWorkspaceRequest, signal) => {
      const ref = readWorkspaceRef(request.workspace);
      await session.core.context.accounts.controlPlane(ref.installation).deleteWorkspace(ref.workspaceId, signal);
      session.core.catalogue.forget(ref);
      return {};
    }),
    getCreateOptions: unary(async (request: GetCreateOptionsRequest, signal): Promise<GetCreateOptionsResponse> => {
      const installation = parseInstallation(request.host);
      const controlPlane = session.core.context.accounts.controlPlane(installation);
      const [organizations, workspaceClasses, editors] = await Promise.all([
        controlPlane.listOrganizations(signal),
        choices(installation, controlPlane.listWorkspaceClasses(signal)),
        choices(installation, controlPlane.listEditors(signal)),
      ]);
      return {
        organizations: organizations.map(createOptionMessage),
        workspaceClasses: workspaceClasses.map(createOptionMessage),
        editors: editors.map(createOptionMessage),
      };
    }),
  };
}

/** Tells of the workspace now and in each phase, until it runs. */
async function follow(
  ref: WorkspaceRef,
  { context }: Core,
  tell: (workspace: Workspace) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { installation } = ref;
  const controlPlane = context.accounts.controlPlane(installation);
  const found = await controlPlane.getWorkspace(ref.workspaceId, signal);
  await tell({ ...found, installation });
  if (found.instance?.phase === 'running') return;
  await startAndFollow(ref, found, controlPlane, (instance) => void tell({ ...found, installation, instance }), signal);
}

/** A token that may not ask, or an installation that does not tell, leaves the default. */
async function choices(
  { host }: Installation,
  asked: Promise<readonly CreateOption[]>,
): Promise<readonly CreateOption[]> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'SIGN_IN_REQUIRED') throw error;
    log.info('workspaces.choices_not_told', { host, error });
    return [];
  }
}
