import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from './runTool.ts';

const pages = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'helper/README.md',
  'helper/ssh/README.md',
  'proto/README.md',
  'docs/failures.md',
];

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(projectRoot, page), 'utf8');

  test('links to files and headings that are there', () => {
    const targets = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];
    const broken = targets.filter(([, file = '', heading]) => {
      const path = file === '' ? join(projectRoot, page) : join(projectRoot, dirname(page), file);
      return !existsSync(path) || (heading !== undefined && !headingsOf(path).includes(heading));
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  test('names tests, sources and scripts that are there', () => {
    const paths = [...text.matchAll(/`((?:test|build)\/[\w./-]+)`/g)].map(([, path = '']) => path);
    const ownPaths = page === 'helper/README.md' ? [...text.matchAll(/`((?:\w+\/)*\w+\.ts)`/g)] : [];
    const missing = [
      ...paths.filter((path) => !existsSync(join(projectRoot, path))),
      ...ownPaths
        .map(([, path = '']) => path)
        .filter(
          (path) =>
            !['', 'helper', 'helper/connection', 'helper/transport'].some((room) =>
              existsSync(join(projectRoot, room, path)),
            ),
        ),
    ];
    expect(missing).toEqual([]);
    const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
    const named = [...text.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

/** The anchors of a page's headings, as code hosts make them. */
function headingsOf(path: string): readonly string[] {
  const headings = [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}
