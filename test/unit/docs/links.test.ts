import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { anchorsOf, isOnTheWeb, markdownFiles, read, targetsOf } from './markdown.ts';

const pages = markdownFiles();

/** What is wrong with a target of a page; nothing where it leads somewhere. */
function faultOf(page: string, target: string): string | undefined {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : posix.join(dirname(page), decodeURI(path));
  if (file.startsWith('..')) return `${page}: ${target} leads out of the repository`;
  if (!existsSync(file)) return `${page}: there is no ${file}`;
  if (anchor === undefined) return undefined;
  if (!statSync(file).isFile() || !anchorsOf(read(file)).has(anchor))
    return `${page}: ${file} has no heading #${anchor}`;
  return undefined;
}

test('the pages that a reader is sent to are among those that are checked', () => {
  for (const page of ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'docs/numbers.md', 'media/walkthrough/fit.md'])
    expect(pages).toContain(page);
  for (const page of ['findings/README.md', 'examples/quickstart/README.md']) expect(pages).toContain(page);
});

test.each(pages)('each link and picture in %s leads to a file, each anchor to a heading', (page) => {
  const own = targetsOf(read(page)).filter(({ target }) => !isOnTheWeb(target));
  expect(own.flatMap(({ target }) => faultOf(page, target) ?? [])).toEqual([]);
});

test('links are found inline, around a picture and by reference, and not in code', () => {
  const page = [
    '# A `b` c: d!',
    '## A b c d',
    'see [x](one.md "title"), ![y](two.png), [![z](three.png)](four.md), [r][ref] and `[no](code.md)`',
    '    [no](indented.md)',
    '```',
    '[no](fenced.md)',
    '```',
    '[ref]: five.md#a',
  ].join('\n');
  expect(targetsOf(page).map(({ target }) => target)).toEqual([
    'one.md',
    'two.png',
    'four.md',
    'three.png',
    'five.md#a',
  ]);
  expect([...anchorsOf(page)]).toEqual(['a-b-c-d', 'a-b-c-d-1']);
});

test('a dead path and a dead anchor are told', () => {
  expect(faultOf('docs/files.md', 'nowhere.md')).toBe('docs/files.md: there is no docs/nowhere.md');
  expect(faultOf('docs/files.md', '../README.md#nowhere')).toBe('docs/files.md: README.md has no heading #nowhere');
  expect(faultOf('README.md', '../x')).toBe('README.md: ../x leads out of the repository');
});

test('README has at most 110 lines and two pictures, and names commands that are there', () => {
  const readme = read('README.md');
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(110);
  expect(targetsOf(readme).filter(({ isPicture }) => isPicture)).toHaveLength(2);
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...readme.matchAll(/npm (?:run )?(test|demo|build|package)\b/g)].map(([, name]) => name!);
  expect(new Set(named)).toEqual(new Set(['test', 'demo', 'build', 'package']));
  for (const name of named) expect(scripts).toHaveProperty(name);
});

test("the quickstart's page says how many prompts the demo asks", () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: { demo: string } };
  const limit = /--limit \d+/.exec(scripts.demo)![0];
  const page = read('examples/quickstart/README.md');
  expect(new Set([...page.matchAll(/--limit \d+/g)].map(([said]) => said))).toEqual(new Set([limit]));
});

test('each screenshot is shown on a page', () => {
  const shown = new Set(
    pages.flatMap((page) => targetsOf(read(page)).map(({ target }) => posix.join(dirname(page), target))),
  );
  const pictures = readdirSync('media/screenshots').map((name) => join('media', 'screenshots', name));
  expect(pictures.filter((picture) => !shown.has(picture.replaceAll('\\', '/')))).toEqual([]);
});
