import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { read } from './markdown.ts';

const page = read('docs/architecture.md');

/** Folders of each stack in the order of the import rules, which are named `<stack>:<folder>`. */
function stacks(): Map<string, string[]> {
  const { forbidden } = createRequire(import.meta.url)('../../../.dependency-cruiser.cjs') as {
    forbidden: readonly { readonly name: string }[];
  };
  const named = new Map<string, string[]>();
  for (const { name } of forbidden) {
    const [stack, folder] = name.split(':');
    if (folder !== undefined) named.set(stack!, [...(named.get(stack!) ?? []), folder]);
  }
  return named;
}

test.each(['core', 'worker', 'workspace', 'media'])(
  'the page and the import rules have the same stack for %s',
  (name) => {
    const folders = stacks().get(name)!;
    expect(folders.length).toBeGreaterThan(1);
    const folder = name === 'media' ? name : `src/${name}`;
    const row = page.split('\n').find((line) => line.startsWith(`| \`${folder}\``))!;
    expect(row.split('|').at(-2)!.trim()).toBe(folders.join(', '));
  },
);

test('the picture names each folder of the stacks', () => {
  const picture = read('docs/architecture.svg').replace(/<style>.*<\/style>/s, '');
  const words = new Set([...picture.matchAll(/>([^<]+)</g)].flatMap(([, text]) => text!.split(/[^\w.-]+/)));
  for (const name of ['core', 'worker', 'workspace'])
    expect(
      stacks()
        .get(name)!
        .filter((folder) => !words.has(folder)),
    ).toEqual([]);
});

test('each path on the page is there', () => {
  const paths = [...page.matchAll(/`((?:src|media)\/[\w./-]+)`/g)].map(([, path]) => path!);
  expect(paths.length).toBeGreaterThan(30);
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
});
