import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, build, type Metafile, type OutputFile, type Plugin } from 'esbuild';
import { grpcServerSide } from './build/grpcServerSide.ts';
import { leftOut } from './build/leftOut.ts';
import { buildSshEntry } from './build/sshEntry.ts';

const root = import.meta.dirname;

/** gRPC and ws load zlib at once and use it for compression only, which nobody here asks for: it waits for its first use. */
const zlibAtFirstUse: Plugin = {
  name: 'zlib-at-first-use',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^zlib$/ }, () => ({ path: 'zlib', namespace: 'at-first-use' }));
    onLoad({ filter: /.*/, namespace: 'at-first-use' }, () => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => require('node:zlib')[name] })`,
    }));
  },
};

/** What needs a library that hardly anybody loads: a second SSH library for the Local Companion's way, SOCKS, and reflection. */
const chunks = [
  { entryPoint: 'helper/connection/companion/tunnelSession.ts', fileName: 'helper-companion.cjs' },
  { entryPoint: 'helper/platform/network/proxy/socksTunnel.ts', fileName: 'helper-socks.cjs' },
  { entryPoint: 'helper/transport/reflection/reflectionService.ts', fileName: 'helper-reflection.cjs' },
];

/** A chunk is not taken into the bundle: it is required from the file beside it when it is first used. */
const chunksAtFirstUse: Plugin = {
  name: 'chunks-at-first-use',
  setup({ onResolve }) {
    onResolve({ filter: /\/(tunnelSession|socksTunnel|reflectionService)\.ts$/ }, ({ kind, path }) => {
      const chunk = chunks.find(({ entryPoint }) => basename(entryPoint) === basename(path));
      if (kind !== 'dynamic-import' || chunk === undefined) return undefined;
      return { path: `./${chunk.fileName}`, external: true };
    });
  },
};

const common: BuildOptions & { write: false } = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  minify: true,
  lineLimit: 160, // Node prints the whole source line of an uncaught error
  legalComments: 'none',
  logLevel: 'warning',
  absWorkingDir: root,
  write: false,
};

/** The bundle, the package's bin. It starts `helper-main.cjs` beside it. */
export const bundlePath = join(root, 'dist/helper.cjs');

/** Bundles the helper into `dist/` and tells what went into it. */
export async function buildHelper(): Promise<Metafile> {
  const main = await build({
    ...common,
    entryPoints: ['helper/main.ts'],
    outfile: join(root, 'dist/helper-main.cjs'),
    target: 'node22',
    supported: { 'dynamic-import': false }, // a script from the code cache has no loader for import()
    plugins: [leftOut, grpcServerSide, zlibAtFirstUse, chunksAtFirstUse],
    metafile: true,
  });
  const builtChunks = await Promise.all(
    chunks.map(({ entryPoint, fileName }) =>
      build({
        ...common,
        entryPoints: [entryPoint],
        outfile: join(root, 'dist', fileName),
        target: 'node22',
        plugins: [leftOut],
        metafile: true,
      }),
    ),
  );
  const hash = createHash('sha256').update(onlyFile(main.outputFiles).contents).digest('hex').slice(0, 16);
  const bootstrap = await build({
    ...common,
    entryPoints: ['helper/bootstrap.ts'],
    outfile: bundlePath,
    target: 'node14', // so that an old Node gets as far as the message for it
    define: { __BUNDLE_HASH__: JSON.stringify(hash) },
    banner: { js: '#!/usr/bin/env node' },
  });
  const files = [...builtChunks, main, bootstrap].flatMap(({ outputFiles }) => outputFiles);
  for (const { path, contents } of files) replaceFile(path, contents);
  return {
    inputs: Object.assign({}, main.metafile.inputs, ...builtChunks.map(({ metafile }) => metafile.inputs)),
    outputs: Object.assign({}, main.metafile.outputs, ...builtChunks.map(({ metafile }) => metafile.outputs)),
  };
}

function onlyFile(files: readonly OutputFile[]): OutputFile {
  const [file] = files;
  if (file === undefined || files.length > 1) throw new Error(`one file was to be built, not ${files.length}`);
  return file;
}

/** In one step, since a helper may be started from it at any time. */
function replaceFile(path: string, contents: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, contents, { mode: path === bundlePath ? 0o755 : 0o644 });
  renameSync(temporary, path);
}

if (import.meta.main) {
  await buildHelper();
  await buildSshEntry();
}
