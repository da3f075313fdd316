import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, win32 } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { repositoryRoot, sourcePlace, sourcePlaces } from '../../../../src/workspace/runs/source-places.ts';

/** A folder of its own with these empty folders and files in it; links of the system's own resolved. */
function folderWith(folders: readonly string[], files: Readonly<Record<string, string>> = {}): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'alphasteer-git-')));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const folder of folders) mkdirSync(join(root, folder), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

const git = { '.git/HEAD': 'ref: refs/heads/main\n' };

test('a workspace in a sub-folder of a repository counts its files from the root', async () => {
  const root = folderWith(['evals/ä b'], git);
  expect(await repositoryRoot(join(root, 'evals/ä b'))).toBe(root);
  const place = await sourcePlaces(join(root, 'evals/ä b'));
  expect(place('prompts/100%#1.jsonl')).toEqual({ path: 'evals/ä b/prompts/100%#1.jsonl', fromRoot: true });
  expect(place('../shared/x.jsonl')).toEqual({ path: 'evals/shared/x.jsonl', fromRoot: true });
  expect(place('..hidden.jsonl').path).toBe('evals/ä b/..hidden.jsonl');
  expect((await sourcePlaces(root))('x.jsonl')).toEqual({ path: 'x.jsonl', fromRoot: true });
});

test.each([
  ['a worktree', 'gitdir: /elsewhere/.git/worktrees/tree\n'],
  ['a submodule', 'gitdir: ../.git/modules/inner\n'],
])('%s is a root of its own', async (_, text) => {
  const root = folderWith([], { ...git, 'inner/.git': text, 'inner/evals/alphasteer.json': '{}' });
  expect(await repositoryRoot(join(root, 'inner/evals'))).toBe(join(root, 'inner'));
  expect((await sourcePlaces(join(root, 'inner/evals')))('x.jsonl').path).toBe('evals/x.jsonl');
});

test('a folder or file of that name that is none of git’s is passed over', async () => {
  const root = folderWith(['a/.git'], { ...git, 'a/b/.git': 'a text' });
  expect(await repositoryRoot(join(root, 'a/b'))).toBe(root);
});

test('a link to a workspace is followed to the repository it lies in', async () => {
  const root = folderWith(['evals'], git);
  const elsewhere = folderWith([]);
  symlinkSync(join(root, 'evals'), join(elsewhere, 'link'));
  expect((await sourcePlaces(join(elsewhere, 'link')))('x.jsonl').path).toBe('evals/x.jsonl');
});

test('in no repository files count from the workspace, and what lies outside keeps its whole path', async () => {
  const root = folderWith(['evals']);
  expect(await repositoryRoot(root)).toBeUndefined();
  const place = await sourcePlaces(join(root, 'evals'));
  expect(place('prompts/x.jsonl')).toEqual({ path: 'prompts/x.jsonl', fromRoot: true });
  expect(place('../x.jsonl')).toEqual({ path: join(root, 'x.jsonl'), fromRoot: false });
});

test('paths of Windows become paths with slashes', () => {
  expect(sourcePlace('C:\\repo', 'C:\\repo\\evals', 'prompts/x.jsonl', win32)).toEqual({
    path: 'evals/prompts/x.jsonl',
    fromRoot: true,
  });
  expect(sourcePlace('C:\\repo', 'c:\\Repo\\evals', 'x.jsonl', win32).path).toBe('evals/x.jsonl');
  expect(sourcePlace('C:\\repo', 'C:\\repo', 'D:/x.jsonl', win32)).toEqual({ path: 'D:/x.jsonl', fromRoot: false });
  expect(sourcePlace('/repo', '/repo', 'a\\b.jsonl', posix).path).toBe('a\\b.jsonl');
});
