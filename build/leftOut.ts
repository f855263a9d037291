import type { Plugin } from 'esbuild';

/** Native add-ons and parts that are never reached: left out, so that nothing of the machine's is loaded in their place. */
export const leftOut: Plugin = {
  name: 'left-out',
  setup({ onResolve, onLoad }) {
    // ssh2 falls back to JavaScript without its add-ons; gRPC loads proto-loader for channelz and ORCA only;
    // dev-tunnels-ssh loads node-rsa for a Node that is too old for everything else.
    onResolve({ filter: /sshcrypto\.node$|^cpu-features$|^@grpc\/proto-loader$|^node-rsa$/ }, ({ path }) => ({
      path,
      namespace: 'left-out',
    }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`${path} is not part of the bundle`)})`,
    }));
  },
};
