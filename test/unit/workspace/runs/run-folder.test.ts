import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findRun, runsFolder } from '../../../../src/workspace/runs/run-folder.ts';
import { runFolder } from './made-run.ts';

/** A workspace with one run, and a copy of that run elsewhere. */
function workspaceWithCopy(): { root: string; name: string; run: string; copy: string } {
  const root = mkdtempSync(join(tmpdir(), 'alphasteer-root-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const made = runFolder();
  const name = basename(made);
  const run = join(runsFolder(root), name);
  const copy = join(root, 'backup', name);
  for (const folder of [run, copy]) {
    mkdirSync(folder, { recursive: true });
    cpSync(made, folder, { recursive: true });
  }
  return { root, name, run, copy };
}

test('a name is that of a run of the workspace, and a path is the folder there, although another run has its name', async () => {
  const { root, name, run, copy } = workspaceWithCopy();
  expect(await findRun(root, name)).toBe(run);
  expect(await findRun(root, `${name}/`)).toBe(run);
  for (const path of [copy, `${copy}/`, relative(process.cwd(), copy), join('backup', name)])
    expect(await findRun(root, path)).toBe(copy);
  expect(await findRun(root, join('.alphasteer', 'runs', name))).toBe(run);
});

test('a path that leads nowhere is no run, although there is one of this name', async () => {
  const { root, name } = workspaceWithCopy();
  await expect(findRun(root, join('elsewhere', name))).rejects.toMatchObject({
    message: expect.stringContaining('no fitted run') as string,
  });
});

test('the newest run is the one that was fitted last, whatever its folder is called', async () => {
  const { root, run } = workspaceWithCopy();
  const old = runFolder(undefined, [], { created: '2025-01-02T03:04:05Z' });
  cpSync(old, join(runsFolder(root), 'zz-copy-of-an-old-one'), { recursive: true });
  const unfinished = runFolder(undefined, [], { created: '2027-01-02T03:04:05Z', state: 'fitting' });
  cpSync(unfinished, join(runsFolder(root), 'unfinished'), { recursive: true });
  expect(await findRun(root)).toBe(run);
});

test('a name that a person gave a run finds it, unless several have it', async () => {
  const { root } = workspaceWithCopy();
  const named = runFolder(undefined, [], { name: 'before the change' });
  cpSync(named, join(runsFolder(root), 'x1'), { recursive: true });
  expect(await findRun(root, 'before the change')).toBe(join(runsFolder(root), 'x1'));
  cpSync(named, join(runsFolder(root), 'x2'), { recursive: true });
  await expect(findRun(root, 'before the change')).rejects.toThrow('2 runs have this name: x2, x1.');
});
