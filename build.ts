import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

const root = import.meta.dirname;

/** Native add-ons and parts that are never reached: left out, so that nothing of the machine's is loaded in their place. */
const leftOut: Plugin = {
  name: 'left-out',
  setup({ onResolve, onLoad }) {
    // ssh2 falls back to JavaScript without its add-ons; gRPC loads proto-loader for channelz and ORCA only.
    onResolve({ filter: /sshcrypto\.node$|^cpu-features$|^@grpc\/proto-loader$/ }, ({ path }) => ({
      path,
      namespace: 'left-out',
    }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`${path} is not part of the bundle`)})`,
    }));
  },
};

const runtimeCheck = `if (Number(process.versions.node.split('.')[0]) < 22) {
  console.error('gitpod-helper needs Node 22 or newer; this is ' + process.version + '. See https://nodejs.org');
  process.exit(1);
}`;

/** Bundles the helper into `<outDirectory>/helper.cjs` and tells what went into it. */
export async function buildHelper(outDirectory: string): Promise<Metafile> {
  rmSync(outDirectory, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: [join(root, 'helper/main.ts')],
    outfile: join(outDirectory, 'helper.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    minifySyntax: true,
    minifyIdentifiers: false, // names in stack traces are worth more than the bytes
    lineLimit: 160, // Node prints the whole source line of an uncaught error
    legalComments: 'none',
    banner: { js: `#!/usr/bin/env node\n${runtimeCheck}` },
    plugins: [leftOut],
    metafile: true,
    logLevel: 'warning',
    absWorkingDir: root,
  });
  return metafile;
}

if (import.meta.main) await buildHelper(join(root, 'dist'));
