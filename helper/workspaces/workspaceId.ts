import { failure } from '../failures.ts';

/** The two forms of workspace ids (gitpod-wire §2.6): `word-word-suffix`, or a UUID in lower case. */
const idForms = [
  /^[0-9a-z]{2,16}-[0-9a-z]{2,16}-[0-9a-z]{8,11}$/,
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
];

/**
 * Checks a workspace id before it reaches a URL, a configuration file or an argument list.
 *
 * @throws Failure WORKSPACE_ID_INVALID.
 */
export function checkWorkspaceId(text: string): string {
  if (!idForms.some((form) => form.test(text))) {
    throw failure('WORKSPACE_ID_INVALID', { workspaceId: text.slice(0, 100).replaceAll(/[^\x20-\x7e]/g, '?') });
  }
  return text;
}
