import { rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { leftOut } from './leftOut.ts';
import { buildSshTypes } from './sshTypes.ts';

const root = join(import.meta.dirname, '..');

/**
 * Builds the package entry `gitpod-helper/ssh` into a directory, replacing what is there: `index.js`, an ES module with
 * chunks for what is loaded at first use (ssh2), and its types below `types/`.
 *
 * @returns what went into which file.
 */
export async function buildSshEntry(directory: string = join(root, 'dist/ssh')): Promise<Metafile> {
  await rm(directory, { recursive: true, force: true });
  const [metafile] = await Promise.all([buildModules(directory), buildSshTypes(join(directory, 'types'))]);
  return metafile;
}

async function buildModules(directory: string): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: ['helper/ssh/index.ts'],
    outdir: directory,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    legalComments: 'none',
    logLevel: 'warning',
    absWorkingDir: root,
    define: { __dirname: '"/"' }, // ssh2's WebAssembly names it for a file that is in the bundle itself
    plugins: [leftOut, builtinsWithoutRequire],
    metafile: true,
  });
  return metafile;
}

/** A `require` would work either in the entry as it is or in what somebody bundles of it; this works in both. */
const builtinsWithoutRequire: Plugin = {
  name: 'builtins-without-require',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z_/:]+$/ }, ({ path, kind }) =>
      kind === 'require-call' && builtinModules.includes(path) ? { path, namespace: 'builtin' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }));
  },
};
