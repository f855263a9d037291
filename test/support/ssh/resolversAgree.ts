import fc from 'fast-check';
import { expect } from 'vitest';
import { DEFAULT_KEY_FILES } from '../../../helper/ssh/config/defaultKeyFiles.ts';
import { resolveWithoutOpenSsh } from '../../../helper/ssh/config/withoutOpenSsh/resolve.ts';
import { SshConfigError } from '../../../helper/ssh/errors.ts';
import { type GeneratedConfig, generatedConfigs } from './arbitraryConfig.ts';
import { type ScratchHome, scratchHome } from './scratchHome.ts';
import { batchEnvironment, type SshGOutcome, sshGBatch } from './sshGBatch.ts';

const BATCH_SIZE = 25;

/** Fails unless, for generated configurations, the resolver without OpenSSH says what `ssh -G` does, errors included. */
export async function expectResolversToAgree(batches: number): Promise<{ readonly accepted: number }> {
  let accepted = 0;
  const batch = fc.array(generatedConfigs, { minLength: BATCH_SIZE, maxLength: BATCH_SIZE });
  await fc.assert(
    fc.asyncProperty(batch, async (configs) => {
      accepted += await compare(configs);
    }),
    { numRuns: batches, endOnFailure: true }, // the message shows the one that differs; to shrink a whole batch takes minutes
  );
  return { accepted };
}

async function compare(configs: readonly GeneratedConfig[]): Promise<number> {
  await using cleanup = new AsyncDisposableStack();
  const cases = configs.map(({ files, destination }) => {
    const home = cleanup.use(scratchHome());
    for (const [name, content] of Object.entries(files)) home.write(name, content);
    return { home, destination, files };
  });
  const outcomes = await sshGBatch(cases);
  for (const [index, { home, destination, files }] of cases.entries()) {
    const ours = await outcomeWithout(home, destination);
    const oracle = outcomes[index];
    if (oracle === undefined) throw new Error('a case has no outcome');
    const message = JSON.stringify({ files, destination }, null, 1);
    if (oracle.kind === 'refused' && oracle.file === undefined) expect(ours.kind, message).toBe('refused');
    else expect(comparable(ours), message).toEqual(comparable(oracle));
  }
  return outcomes.filter(({ kind }) => kind === 'printed').length;
}

async function outcomeWithout(home: ScratchHome, destination: GeneratedConfig['destination']): Promise<SshGOutcome> {
  try {
    const signal = new AbortController().signal;
    return { kind: 'printed', output: await resolveWithoutOpenSsh(destination, batchEnvironment(home), signal) };
  } catch (error) {
    if (!(error instanceof SshConfigError)) throw error;
    const { file, line } = error;
    return { kind: 'refused', ...(file === undefined || line === undefined ? {} : { file, line }) };
  }
}

const KEYWORDS = [
  ...['user', 'hostname', 'port', 'identitiesonly', 'pubkeyauthentication', 'pubkeyacceptedalgorithms'],
  ...['preferredauthentications', 'hostkeyalias', 'identityagent', 'proxyjump', 'proxycommand'],
  ...['identityfile', 'certificatefile', 'userknownhostsfile'],
];

/** Reduces an outcome to what the core uses, in one spelling, lists on one line as `ssh -G` prints them, without the default names of key files. */
function comparable(outcome: SshGOutcome): SshGOutcome {
  if (outcome.kind === 'refused') return outcome;
  const used = [...outcome.output].filter(
    ([keyword, printed]) => KEYWORDS.includes(keyword) && printed.join() !== DEFAULT_KEY_FILES.join(),
  );
  return {
    kind: 'printed',
    output: new Map(used.map(([keyword, printed]) => [keyword, comparableValues(keyword, printed)])),
  };
}

function comparableValues(keyword: string, printed: readonly string[]): readonly string[] {
  return keyword === 'userknownhostsfile' ? [printed.join(' ')] : printed.map(asBoolean);
}

function asBoolean(value: string): string {
  if (value === 'yes') return 'true';
  return value === 'no' ? 'false' : value;
}
