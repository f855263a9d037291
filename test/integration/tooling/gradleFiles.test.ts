import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from './runTool.ts';

const shim = join(projectRoot, 'gradle-shim');
const pom = await readFile(join(shim, 'pom.xml'), 'utf8');
const catalogue = assignments(await readFile(join(shim, 'gradle/libs.versions.toml'), 'utf8'));
const properties = assignments(await readFile(join(shim, 'gradle.properties'), 'utf8'));

/** Gradle does not run here, so nothing else would notice that its files say something else than Maven's. */
describe('Gradle’s files say what Maven’s say', () => {
  test.each([
    ['kotlin', 'kotlin.version'],
    ['grpc', 'grpc.version'],
    ['protobuf', 'protobuf.version'],
  ])('the version of %s', (inCatalogue, inPom) => {
    expect(catalogue.get(inCatalogue)).toBe(element(inPom));
  });

  test.each([
    ['pluginId', 'plugin.id'],
    ['pluginVersion', 'version'],
    ['sinceBuild', 'since.build'],
    ['javaVersion', 'maven.compiler.release'],
  ])('%s', (inProperties, inPom) => {
    expect(properties.get(inProperties)).toBe(element(inPom));
  });

  test('the plugin’s version is the helper’s', async () => {
    const manifest: { version: string } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8'));
    expect(properties.get('pluginVersion')).toBe(manifest.version);
  });
});

/** The text of the first element of that name. */
function element(name: string): string | undefined {
  return new RegExp(`<${name.replaceAll('.', '\\.')}>([^<]+)<`).exec(pom)?.[1];
}

/** `name = value` lines, with the value in quotes or not. */
function assignments(text: string): ReadonlyMap<string, string> {
  const lines = text.matchAll(/^([\w.-]+) = "?([^"\n{]+?)"?$/gm);
  return new Map([...lines].map(([, name = '', value = '']) => [name, value]));
}
