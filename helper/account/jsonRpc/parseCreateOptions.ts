import { asArray, asObject, asString, objectAt, stringAt } from '../json.ts';
import type { CreateOption } from '../records.ts';

/** Reads the `Team[]` of getTeams. @throws UnexpectedShapeError */
export function parseOrganizations(value: unknown): readonly CreateOption[] {
  return asArray(value, 'teams').map((entry) => {
    const team = asObject(entry, 'team');
    const id = asString(team['id'], 'team.id');
    return { id, name: stringAt(team, 'name') || id, description: stringAt(team, 'slug'), isDefault: false };
  });
}

/** Reads the `SupportedWorkspaceClass[]` of getSupportedWorkspaceClasses. @throws UnexpectedShapeError */
export function parseWorkspaceClasses(value: unknown): readonly CreateOption[] {
  return asArray(value, 'workspaceClasses').map((entry) => {
    const supported = asObject(entry, 'workspaceClass');
    const id = asString(supported['id'], 'workspaceClass.id');
    return {
      id,
      name: stringAt(supported, 'displayName') || id,
      description: stringAt(supported, 'description'),
      isDefault: supported['isDefault'] === true,
    };
  });
}

/** Reads the `IDEOptions` of getIDEOptions (gitpod-wire §2.4), in the installation's own order. @throws UnexpectedShapeError */
export function parseEditors(value: unknown): readonly CreateOption[] {
  const options = asObject(value, 'ideOptions');
  const entries = Object.entries(objectAt(options, 'options')).flatMap(([id, entry]) => {
    const option = asObject(entry, `ideOptions.options.${id}`);
    if (option['hidden'] === true) return [];
    const parsed: CreateOption = {
      id,
      name: stringAt(option, 'title') || id,
      description: stringAt(option, 'label'),
      isDefault: id === stringAt(options, 'defaultIde'),
    };
    return [{ parsed, orderKey: stringAt(option, 'orderKey') }];
  });
  return entries.sort((a, b) => a.orderKey.localeCompare(b.orderKey)).map(({ parsed }) => parsed);
}
