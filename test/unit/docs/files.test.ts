import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runFiles } from '../../../src/workspace/runs/run-folder.ts';
import { read } from './markdown.ts';

const page = read('docs/files.md');

test('docs/files.md names the format of each file that is written, and no other', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => /\.(ts|json)$/.test(name));
  const formatsIn = (text: string): string[] => text.match(/(?<=['"`])alphasteer(?:-[a-z-]+)?\/\d+(?=['"`])/g) ?? [];
  const written = new Set(sources.flatMap((name) => formatsIn(read(join('src', name)))));
  expect(written.size).toBeGreaterThan(5);
  expect([...new Set(formatsIn(page))].sort()).toEqual([...written].sort());
});

test('docs/files.md has each file of a run folder', () => {
  for (const name of Object.values(runFiles))
    expect(page).toMatch(new RegExp(`^\\| \`${name.replaceAll('.', '\\.')}[\`/]`, 'm'));
});
