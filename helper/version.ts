import packageJson from '../package.json' with { type: 'json' };

/** The helper's version. */
export const helperVersion: string = packageJson.version;

/** The version of the contract in proto/ that this helper speaks; a minor change of the contract does not raise it. */
export const protocolVersion = 1;
