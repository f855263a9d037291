import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Where the contract's descriptors are, for server reflection. */
export const descriptorsPath = join(root, 'helper/transport/reflection/descriptors.ts');

/** The module with the contract's descriptors, as `buf build` makes them, without comments. */
export function descriptorsModule(): string {
  const options = ['build', '--as-file-descriptor-set', '--exclude-source-info', '-o', '-#format=binpb'];
  const set = execFileSync(join(root, 'node_modules/.bin/buf'), options, { cwd: root });
  const lines = set.toString('base64').match(/.{1,100}/g) ?? [];
  const literals = lines.map((line) => `  '${line}',`).join('\n');
  return `/** A google.protobuf.FileDescriptorSet of the contract, in base64. Made by \`npm run gen\` from proto/. */
export const descriptorSet = [
${literals}
].join('');
`;
}

if (import.meta.main) writeFileSync(descriptorsPath, descriptorsModule());
