import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import type { ServerDuplexStream, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { descriptorSet } from './descriptors.ts';

/** What is asked of grpc.reflection.v1.ServerReflection, as far as it is answered. */
interface ReflectionRequest {
  readonly bytes: Uint8Array;
  /** A file or a symbol that is to be described; undefined when the services are to be listed. */
  readonly wanted: string | undefined;
}

const notFound = 5;
const definition: ServiceDefinition = {
  serverReflectionInfo: {
    path: '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
    requestStream: true,
    responseStream: true,
    requestSerialize: ({ bytes }: ReflectionRequest) => Buffer.from(bytes),
    requestDeserialize: readRequest,
    responseSerialize: (response: Uint8Array) => Buffer.from(response),
    responseDeserialize: (bytes: Buffer) => bytes,
  },
};

/**
 * Serves reflection (grpc/reflection/v1/reflection.proto): which services there are, and the whole contract for anything of
 * it that is asked for.
 */
export function reflectionService(serviceNames: readonly string[]): {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
} {
  const files = readFiles();
  return {
    definition,
    implementation: {
      serverReflectionInfo: (call: ServerDuplexStream<ReflectionRequest, Uint8Array>) => {
        call.on('data', (request: ReflectionRequest) => call.write(answer(request, serviceNames, files)));
        call.on('end', () => call.end());
        call.on('error', () => undefined); // the client is gone
      },
    },
  };
}

interface DescribedFile {
  readonly name: string;
  readonly packageName: string;
  readonly bytes: Uint8Array;
}

function answer(
  request: ReflectionRequest,
  serviceNames: readonly string[],
  files: readonly DescribedFile[],
): Uint8Array {
  const { wanted } = request;
  const writer = new BinaryWriter().uint32(tag(2)).bytes(request.bytes);
  if (wanted === undefined) {
    const list = new BinaryWriter();
    for (const name of serviceNames) list.uint32(tag(1)).bytes(new BinaryWriter().uint32(tag(1)).string(name).finish());
    return writer.uint32(tag(6)).bytes(list.finish()).finish();
  }
  const isKnown = files.some(({ name, packageName }) => wanted === name || wanted.startsWith(`${packageName}.`));
  if (!isKnown) {
    const error = new BinaryWriter().uint32(8).int32(notFound).uint32(tag(2)).string(`${wanted} is not known`);
    return writer.uint32(tag(7)).bytes(error.finish()).finish();
  }
  const described = new BinaryWriter();
  for (const { bytes } of files) described.uint32(tag(1)).bytes(bytes);
  return writer.uint32(tag(4)).bytes(described.finish()).finish();
}

/** file_by_filename is 3, file_containing_symbol 4, list_services 7; what is older is answered as not known. */
function readRequest(bytes: Buffer): ReflectionRequest {
  const fields = readFields(bytes);
  const wanted = fields.get(3) ?? fields.get(4);
  return { bytes, wanted: wanted === undefined && fields.has(7) ? undefined : (wanted?.at(0)?.toString() ?? '') };
}

function readFiles(): readonly DescribedFile[] {
  const set = readFields(Buffer.from(descriptorSet, 'base64')).get(1) ?? [];
  return set.map((bytes) => {
    const fields = readFields(bytes);
    const text = (field: number) => fields.get(field)?.at(0)?.toString() ?? '';
    return { name: text(1), packageName: text(2), bytes };
  });
}

/** The length-delimited fields of a message, by number. */
function readFields(bytes: Uint8Array): ReadonlyMap<number, readonly Buffer[]> {
  const fields = new Map<number, Buffer[]>();
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (wireType === lengthDelimited) fields.set(field, [...(fields.get(field) ?? []), Buffer.from(reader.bytes())]);
    else reader.skip(wireType);
  }
  return fields;
}

const lengthDelimited = 2;

function tag(field: number): number {
  return (field << 3) | lengthDelimited;
}
