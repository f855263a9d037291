import { expect, test } from 'vitest';
import { checkWorkspaceId } from '../../../helper/workspaces/workspaceId.ts';

test.each(['acme-app-ab12cd34', 'acme-app-ab12cd34ef5', '0a-b9-00000000', '01234567-89ab-cdef-0123-456789abcdef'])(
  '%s is an id',
  (id) => {
    expect(checkWorkspaceId(id)).toBe(id);
  },
);

test.each([
  '',
  'acme-app',
  'acme-app-ab12cd3',
  'acme-app-ab12cd34ef56',
  'Acme-app-ab12cd34ef5',
  'acme-app-ab12cd34ef5\n',
  'acme-app-ab12cd34ef5/..',
  ' acme-app-ab12cd34ef5',
  'acme-app-ab12cd34ef5.evil.test',
  'debug-acme-app-ab12cd34ef5',
  '01234567-89AB-cdef-0123-456789abcdef',
])('%j is none', (id) => {
  expect(() => checkWorkspaceId(id)).toThrow(expect.objectContaining({ code: 'WORKSPACE_ID_INVALID' }));
});
