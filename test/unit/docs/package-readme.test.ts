import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isOnTheWeb, read, targetsOf } from './markdown.ts';

function packed(...options: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'alphasteer-readme-'));
  try {
    execFileSync(process.execPath, ['build/package-readme.mjs', join(folder, 'README.md'), ...options]);
    return readFileSync(join(folder, 'README.md'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("the extension's README holds the bytes of its pictures and no path that leads nowhere", () => {
  const targets = targetsOf(packed());
  expect(targets.filter(({ target }) => !isOnTheWeb(target))).toEqual([]);
  const pictures = targetsOf(read('README.md')).filter(({ isPicture }) => isPicture);
  expect(pictures).not.toEqual([]);
  expect(targets.filter(({ isPicture }) => isPicture).map(({ target }) => target)).toEqual(
    pictures.map(({ target }) => `data:image/png;base64,${readFileSync(target).toString('base64')}`),
  );
});

test('a link to a file keeps its words and says the path; a link to the web stays', () => {
  const readme = packed();
  expect(readme).toContain('speed (`docs/speed.md`)');
  expect(readme).toContain('(https://arxiv.org/abs/2506.07022)');
});

test('a package that is read as text gets the words of a picture', () => {
  const targets = targetsOf(packed('--words'));
  expect(targets.filter(({ target, isPicture }) => isPicture || !isOnTheWeb(target))).toEqual([]);
});
