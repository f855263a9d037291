import { resolveHostConfig } from '../../../helper/ssh/config/hostConfig.ts';
import { openSshEnvironment } from '../../../helper/ssh/config/openSsh.ts';
import { gatherIdentities } from '../../../helper/ssh/identities/gatherIdentities.ts';

// Resolves and gathers for the home in argv, so that a test can watch from outside which files are touched.
const [home = ''] = process.argv.slice(2);
const signal = AbortSignal.timeout(20_000);
const environment = openSshEnvironment({ home });
const config = await resolveHostConfig({ host: 'oracle' }, environment, { signal });
const { identities } = await gatherIdentities(config, environment, { signal });
const { port, user } = config;
process.stdout.write(JSON.stringify({ port, user, paths: identities.map(({ path }) => path) }));
