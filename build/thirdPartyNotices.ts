import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** A package with code in what is built. */
interface BundledPackage {
  /** Its directory in the project: `node_modules/ws`. */
  readonly directory: string;
  /** Its files of which there is something, by their paths in the project. */
  readonly files: readonly string[];
}

/**
 * The licences of all packages of which there is code in what is built, by the files that went into it.
 *
 * @param inputs the paths that esbuild's metafiles name.
 * @throws Error when a package has neither a licence file nor a licence that is known here.
 */
export function thirdPartyNotices(inputs: readonly string[]): string {
  const sections = bundledPackages(inputs).map(notice);
  return `What is built of gitpod-helper has code of these packages in it, under their own licences.

${sections.join('\n')}`;
}

function bundledPackages(inputs: readonly string[]): readonly BundledPackage[] {
  const files = new Map<string, string[]>();
  for (const input of new Set(inputs)) {
    // The last one is the package of the file, should one be installed inside another.
    const directory = /^(.*node_modules\/(?:@[^/:]+\/)?[^/:]+)\//.exec(input)?.[1];
    if (directory === undefined || input.includes(':')) continue;
    files.set(directory, [...(files.get(directory) ?? []), input]);
  }
  return [...files].sort().map(([directory, ofPackage]) => ({ directory, files: ofPackage.sort() }));
}

function notice(bundled: BundledPackage): string {
  const manifest: { name: string; version: string; license?: string } = JSON.parse(
    read(bundled.directory, 'package.json'),
  );
  const licenceFiles = readdirSync(join(root, bundled.directory)).filter((name) =>
    /^(licen[cs]e|notice|copying)/i.test(name),
  );
  const texts =
    licenceFiles.length > 0
      ? licenceFiles.map((name) => read(bundled.directory, name))
      : [...openingComments(bundled.files), licenceText(manifest.name, manifest.license ?? '')];
  const title = `${manifest.name} ${manifest.version}${manifest.license === undefined ? '' : ` (${manifest.license})`}`;
  return `${'='.repeat(title.length)}\n${title}\n${'='.repeat(title.length)}\n\n${texts.map((text) => text.trim()).join('\n\n')}\n`;
}

/** The comments that the files begin with, each once: a package without a licence file names there who wrote it. */
export function openingComments(files: readonly string[]): readonly string[] {
  const comments = files.map((file) => {
    const text = read('', file).replace(/^(['"])use strict\1;\n/, '');
    const [lines = ''] = /^(?:\/\/.*\n)+/.exec(text) ?? [];
    return lines.replaceAll(/^\/\/ ?/gm, '').trim();
  });
  return [...new Set(comments)].filter((comment) => /copyright/i.test(comment));
}

/** The text of a licence that a package names and does not bring along. */
function licenceText(name: string, licence: string): string {
  if (licence === 'MIT') return textFrom(read('', 'LICENSE'), 'Permission is hereby granted');
  // The BSD-3-Clause part of it is in the opening comments.
  if (licence === '(Apache-2.0 AND BSD-3-Clause)') return read('node_modules/@grpc/grpc-js', 'LICENSE');
  throw new Error(`${name} has no licence file, and the text of its licence ${licence} is not known here`);
}

function textFrom(text: string, start: string): string {
  const index = text.indexOf(start);
  if (index < 0) throw new Error(`${start} was to be in it`);
  return text.slice(index);
}

/** A text file of the project's. */
export function read(directory: string, name: string): string {
  return readFileSync(join(root, directory, name), 'utf8').replaceAll('\r\n', '\n');
}
