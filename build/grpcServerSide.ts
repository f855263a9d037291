import type { Plugin } from 'esbuild';

/** What the helper uses of gRPC, by the file of the package that has it. */
const serverSide: Readonly<Record<string, readonly string[]>> = {
  server: ['Server'],
  'server-credentials': ['ServerCredentials'],
  'server-interceptors': ['ServerInterceptingCall'],
  metadata: ['Metadata'],
  constants: ['Status'],
};

/**
 * The helper is a server alone, and is given its connections: gRPC's client, with its name resolution and load balancing,
 * is most of the package, and stays out. The server mentions it for channelz and ORCA only, which are never asked for.
 */
export const grpcServerSide: Plugin = {
  name: 'grpc-server-side',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@grpc\/grpc-js$/ }, ({ resolveDir }) => ({
      path: 'server side of gRPC',
      namespace: 'grpc-server-side',
      pluginData: resolveDir,
    }));
    onResolve({ filter: /^\.\/make-client$/ }, ({ path }) => ({ path, namespace: 'grpc-client' }));
    onLoad({ filter: /.*/, namespace: 'grpc-server-side' }, ({ pluginData }) => ({
      contents: Object.entries(serverSide)
        .map(([file, names]) => {
          const from = `@grpc/grpc-js/build/src/${file}`;
          return `export { ${names.map((name) => (name === 'Status' ? 'Status as status' : name)).join(', ')} } from '${from}';`;
        })
        .join('\n'),
      resolveDir: pluginData,
    }));
    onLoad({ filter: /.*/, namespace: 'grpc-client' }, () => ({
      contents: `module.exports = new Proxy({}, { get() { throw new Error('gRPC’s client is not part of the bundle') } })`,
    }));
  },
};
