import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary, isFieldSet } from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FieldDescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  type FileDescriptorProto,
  FileDescriptorSetSchema,
  type MethodDescriptorProto,
  type ServiceDescriptorProto,
} from '@bufbuild/protobuf/wkt';

const root = join(import.meta.dirname, '..');

/** Where the page is. */
export const protoDocsPath: string = join(root, 'proto/README.md');

/** The comment above an element, by its path in the file's descriptor (descriptor.proto, `SourceCodeInfo.Location`). */
type Comments = ReadonlyMap<string, string>;

/** The page on the contract, made from the shapes and comments that buf reads in `proto/`. */
export function protoDocs(): string {
  const files = readContract();
  return `# The contract

Generated from \`gitpod/helper/v1/\` by \`npm run docs\`. How a front end begins is on the
[main page](../README.md#how-a-front-end-speaks-to-the-helper). \`secret\` stands for
\`debug_redact\`: what prints messages leaves such a field out.

${files.map(contents).join('\n')}

${files.map(fileSection).join('\n')}`;
}

function readContract(): readonly FileDescriptorProto[] {
  const image = execFileSync(join(root, 'node_modules/.bin/buf'), ['build', '-o', '-'], { cwd: root });
  const { file } = fromBinary(FileDescriptorSetSchema, image);
  return file
    .filter((each) => each.package.startsWith('gitpod.'))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function contents({ name, service, messageType, enumType }: FileDescriptorProto): string {
  const links = [...service, ...messageType, ...enumType].map((each) => `[${each.name}](#${each.name.toLowerCase()})`);
  return `- [\`${name}\`](${name}): ${links.join(', ')}`;
}

function fileSection(file: FileDescriptorProto): string {
  const comments = commentsOf(file);
  const sections = [
    ...file.service.map((service, index) => serviceSection(service, comments, `6.${index}`)),
    ...file.messageType.map((message, index) => messageSection(message, comments, `4.${index}`)),
    ...file.enumType.map((description, index) => enumSection(description, comments, `5.${index}`)),
  ];
  return sections.join('\n');
}

function commentsOf({ sourceCodeInfo }: FileDescriptorProto): Comments {
  const locations = sourceCodeInfo?.location ?? [];
  return new Map(locations.map(({ path, leadingComments }) => [path.join('.'), inOneLine(leadingComments)]));
}

function inOneLine(comment: string): string {
  return comment.trim().replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '\\<');
}

function serviceSection({ name, method }: ServiceDescriptorProto, comments: Comments, path: string): string {
  const rows = method.map(
    (call, index) => `| \`${call.name}\` | ${callShape(call)} | ${comments.get(`${path}.2.${index}`)} |`,
  );
  return section(2, name, comments.get(path), ['call', 'shape', 'does'], rows);
}

function callShape({ inputType, outputType, serverStreaming }: MethodDescriptorProto): string {
  return `${linkTo(inputType)} → ${serverStreaming ? 'stream of ' : ''}${linkTo(outputType)}`;
}

function messageSection(message: DescriptorProto, comments: Comments, path: string): string {
  const rows = message.field.map(
    (field, index) =>
      `| ${field.number} | \`${field.name}\` | ${fieldShape(field, message)} | ${comments.get(`${path}.2.${index}`)} |`,
  );
  return section(3, message.name, comments.get(path), ['number', 'field', 'type', 'means'], rows);
}

function enumSection({ name, value }: EnumDescriptorProto, comments: Comments, path: string): string {
  const rows = value.map(
    (each, index) => `| ${each.number} | \`${each.name}\` | ${comments.get(`${path}.2.${index}`)} |`,
  );
  return section(3, name, comments.get(path), ['number', 'value', 'means'], rows);
}

function section(
  level: number,
  name: string,
  comment: string | undefined,
  columns: readonly string[],
  rows: readonly string[],
): string {
  const table = [`| ${columns.join(' | ')} |`, `|${'---|'.repeat(columns.length)}`, ...rows].join('\n');
  return `${'#'.repeat(level)} ${name}\n\n${comment}\n\n${rows.length === 0 ? 'It has no fields.' : table}\n`;
}

function fieldShape(field: FieldDescriptorProto, message: DescriptorProto): string {
  const notes = [
    ...(field.proto3Optional ? ['optional'] : []),
    ...(isInOneof(field) ? [`one of \`${message.oneofDecl[field.oneofIndex]?.name}\``] : []),
    ...(field.options?.debugRedact === true ? ['secret'] : []),
  ];
  return [repeatedShape(field, message), ...notes].join(', ');
}

/** A field that is optional is, in a descriptor, alone in a oneof that nobody has written. */
function isInOneof(field: FieldDescriptorProto): boolean {
  return isFieldSet(field, FieldDescriptorProtoSchema.field.oneofIndex) && !field.proto3Optional;
}

/** A map is, in a descriptor, a list of entries that are messages declared inside this one. */
function repeatedShape(field: FieldDescriptorProto, message: DescriptorProto): string {
  if (field.label !== FieldDescriptorProto_Label.REPEATED) return typeOf(field);
  const entry = message.nestedType.find(
    ({ name, options }) => options?.mapEntry && field.typeName.endsWith(`.${name}`),
  );
  const [key, value] = entry?.field ?? [];
  if (key === undefined || value === undefined) return `list of ${typeOf(field)}`;
  return `map of ${typeOf(key)} to ${typeOf(value)}`;
}

function typeOf({ type, typeName }: FieldDescriptorProto): string {
  return typeName === '' ? `\`${FieldDescriptorProto_Type[type].toLowerCase()}\`` : linkTo(typeName);
}

function linkTo(typeName: string): string {
  const name = typeName.split('.').at(-1) ?? typeName;
  return typeName.startsWith('.gitpod.') ? `[${name}](#${name.toLowerCase()})` : `\`${typeName.slice(1)}\``;
}

if (import.meta.main) writeFileSync(protoDocsPath, protoDocs());
