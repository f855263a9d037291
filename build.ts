import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** The bundle, the package's bin. */
export const bundlePath = join(root, 'dist/helper.cjs');

/** Bundles the helper into {@link bundlePath} and tells what went into it. */
export async function buildHelper(): Promise<Metafile> {
  const { metafile, outputFiles } = await build({
    entryPoints: [join(root, 'helper/main.ts')],
    outfile: bundlePath,
    write: false,
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
  for (const { path, contents } of outputFiles) replaceFile(path, contents);
  return metafile;
}

/** In one step, since a helper may be started from it at any time. */
function replaceFile(path: string, contents: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, contents, { mode: 0o755 });
  renameSync(temporary, path);
}

if (import.meta.main) await buildHelper();
