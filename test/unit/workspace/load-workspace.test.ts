import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadWorkspace } from '../../../src/workspace/load-workspace.ts';

/** A workspace with these prompt files: a name and its lines. */
function workspace(files: Readonly<Record<string, readonly string[]>>, evaluate: string): string {
  const root = mkdtempSync(join(tmpdir(), 'alphasteer-workspace-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, lines] of Object.entries(files)) writeFileSync(join(root, name), `${lines.join('\n')}\n`);
  const fit = Object.keys(files).filter((name) => name !== evaluate);
  const config = {
    model: 'model',
    prompts: { fit: fit.map((name) => ({ files: name })), evaluate: [{ files: evaluate }] },
  };
  writeFileSync(join(root, 'alphasteer.json'), JSON.stringify(config));
  return root;
}

test('a limit is on the files of the fit alone: what stands further down in the evaluation must not be fitted on either', async () => {
  const root = workspace({ 'benign.txt': ['a', 'b', 'c'], 'harmful.txt': ['x', 'y', 'z'] }, 'harmful.txt');
  const { fit, evaluate } = await loadWorkspace(root, () => undefined, 2);
  expect(fit.map(({ text }) => text)).toEqual(['a', 'b']);
  expect(evaluate.map(({ text }) => text)).toEqual(['x', 'y', 'z']);
});

test('two files with one prompt and contrary labels are told of', async () => {
  const root = workspace({ 'benign.txt': ['Hello'], 'harmful.txt': ['Hello!'] }, 'harmful.txt');
  const { problems } = await loadWorkspace(root, () => undefined);
  expect(problems).toMatchObject([{ severity: 'warning', file: 'benign.txt', line: 1, column: 1 }]);
});

test('a prompt file that is a pipe or leads to a folder is told of, not waited for', async ({ skip }) => {
  skip(process.platform === 'win32', 'Windows has no named pipes among its files');
  const root = workspace({ 'benign.txt': ['Hello'], 'harmful.txt': ['Kill'] }, 'harmful.txt');
  rmSync(join(root, 'benign.txt'));
  execFileSync('sh', ['-c', 'mkfifo "$0"', join(root, 'benign.txt')]);
  rmSync(join(root, 'harmful.txt'));
  mkdirSync(join(root, 'folder'));
  symlinkSync('folder', join(root, 'harmful.txt'));
  const { problems } = await loadWorkspace(root, () => undefined);
  expect(problems).toMatchObject([
    { severity: 'error', file: 'benign.txt', message: 'This is no ordinary file.' },
    { severity: 'error', file: 'harmful.txt', message: 'This is no ordinary file.' },
  ]);
});

test('a folder that cannot be read is told of, and the others are read', async ({ skip }) => {
  skip(process.getuid?.() === 0 || process.platform === 'win32', 'needs a user who may not read everything, not root');
  const root = workspace({ 'benign.txt': ['Hello'], 'harmful.txt': ['Kill'] }, 'harmful.txt');
  mkdirSync(join(root, 'lost+found'));
  chmodSync(join(root, 'lost+found'), 0);
  const { fit, problems } = await loadWorkspace(root, () => undefined);
  expect(fit).toHaveLength(1);
  expect(problems).toMatchObject([{ severity: 'warning', file: 'lost+found' }]);
});
