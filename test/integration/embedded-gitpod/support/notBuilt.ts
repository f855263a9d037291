/** Recorded cases of parts that the embedded Gitpod does not have, and the part that is missing. */
export const notBuilt: ReadonlyMap<string, string> = new Map([
  ['http-ssh_keys-create', 'supervisor'],
  ['http-supervisor', 'supervisor'],
]);
