import { openingComments, read } from './thirdPartyNotices.ts';

/** A library of which there are classes in the plugin's jar. */
interface JarLibrary {
  readonly name: string;
  readonly copyright: string;
  readonly licence: 'Apache-2.0' | 'BSD-3-Clause';
  /** What its packages become when they are put into the jar begins so. */
  readonly relocatedTo: readonly string[];
}

/** Every library in the plugin's jar. */
export const jarLibraries: readonly JarLibrary[] = [
  {
    name: 'gRPC-Java',
    copyright: 'Copyright The gRPC Authors; parts in okhttp: Copyright Square, Inc.',
    licence: 'Apache-2.0',
    relocatedTo: ['grpc/'],
  },
  {
    name: 'Protocol Buffers, with the messages of google.rpc',
    copyright: 'Copyright Google Inc.',
    licence: 'BSD-3-Clause',
    relocatedTo: ['google/protobuf/', 'google/rpc/'],
  },
  {
    name: 'Guava',
    copyright: 'Copyright The Guava Authors',
    licence: 'Apache-2.0',
    relocatedTo: ['google/common/', 'google/thirdparty/'],
  },
  { name: 'Gson', copyright: 'Copyright Google Inc.', licence: 'Apache-2.0', relocatedTo: ['google/gson/'] },
  { name: 'Okio', copyright: 'Copyright Square, Inc.', licence: 'Apache-2.0', relocatedTo: ['okio/'] },
  { name: 'PerfMark', copyright: 'Copyright Carl Mastrangelo', licence: 'Apache-2.0', relocatedTo: ['perfmark/'] },
];

/** Where the jar has the classes of libraries, under other names than their own. */
export const relocationPrefix = 'io/gitpod/helper/shaded/';

/** The licences of the libraries in the plugin's jar, which minimised and renamed them. */
export function jarNotices(): string {
  const list = jarLibraries.map(({ name, copyright, licence }) => `${name} (${licence})\n  ${copyright}`);
  return `The plugin's jar has classes of these libraries in it, under other names and without what it does not need.

${list.join('\n')}

Apache-2.0
----------

${read('node_modules/@grpc/grpc-js', 'LICENSE').trim()}

BSD-3-Clause
------------

${bsdLicence()}
`;
}

/** The one of Protocol Buffers, which a file that was ported from it begins with. */
function bsdLicence(): string {
  const text = openingComments(['node_modules/@bufbuild/protobuf/dist/esm/wire/varint.js']).join('');
  if (!text.includes('Redistributions in binary form')) throw new Error('this is not the licence of Protocol Buffers');
  return text;
}
