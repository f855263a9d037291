import { openSshEnvironment } from '../../../../../helper/ssh/config/openSsh.ts';
import { expectedResolution } from '../../../../../helper/ssh/openssh/expectedResolution.ts';
import { managedConfigText } from '../../../../../helper/ssh/openssh/managedConfig.ts';
import { writePrivateFile } from '../../../../../helper/ssh/openssh/privateFile.ts';
import { installInclude } from '../../../../../helper/ssh/openssh/userConfigInclude.ts';
import { configOf } from './managed.ts';

// Installs as a process of its own, which a test can run beside others, with less rights, or kill. argv: the home, the
// managed file, and either the umask or nothing.
const [home = '', managedFile = '', umask] = process.argv.slice(2);
if (umask !== undefined) process.umask(Number.parseInt(umask, 8));
const config = configOf();
const check = { expectations: expectedResolution(config).slice(0, 1), otherHosts: ['other.test'] };
try {
  await writePrivateFile(managedFile, managedConfigText(config));
  const installed = await installInclude(openSshEnvironment({ home }), managedFile, check, {
    signal: AbortSignal.timeout(20_000),
  });
  process.stdout.write(JSON.stringify(installed));
} catch (error) {
  if (!(error instanceof Error)) throw error;
  process.stdout.write(JSON.stringify({ ...error, name: error.name, message: error.message }));
}
