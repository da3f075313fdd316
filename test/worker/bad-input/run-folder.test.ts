import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { alphasteer, problemsOf } from '../alphasteer.ts';
import { promptLines, readLines, tinyWorkspace } from '../tiny-workspace.ts';

// Tests may run as root, for whom no permission is missing, so what is in the way here is a file, or a full disk.

test.each(['.alphasteer', '.alphasteer/runs', '.alphasteer/cache'])(
  'a file called %s, where fit writes a folder',
  (name) => {
    const root = tinyWorkspace();
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), 'mine');
    const ended = alphasteer('fit', root);
    expect(problemsOf(ended)).toEqual([
      `error: ${join(root, name)}: This is a file, and a folder has to be here. Move it away, or write to another folder (--out).`,
    ]);
    expect(ended.status).toBe(1);
    expect(readFileSync(join(root, name), 'utf8')).toBe('mine');
  },
);

test('a file where --out says the folder of the run is', () => {
  const root = tinyWorkspace();
  expect(alphasteer('fit', root).status).toBe(0);
  const out = join(root, 'judge.json');
  for (const command of ['fit', 'compare']) {
    const ended = alphasteer(command, root, '--out', out);
    expect(problemsOf(ended)).toEqual([
      expect.stringContaining(`${out}: This is a file, and a folder has to be here.`),
    ]);
    expect(ended.status).toBe(1);
  }
});

test('without a fit there is nothing to compare; a fit that was cut off counts as none', () => {
  const root = tinyWorkspace();
  const missing = [
    expect.stringMatching(/There is no fitted run in this workspace yet\. Run `alphasteer fit` first\.$/),
  ];
  expect(problemsOf(alphasteer('compare', root))).toEqual(missing);
  const { run } = JSON.parse(alphasteer('fit', root, '--json').stdout) as { run: string };
  const manifest = readFileSync(join(run, 'manifest.json'), 'utf8');
  for (const torn of [manifest.slice(0, 40), manifest.replace('"fitted"', '"fitting"')]) {
    writeFileSync(join(run, 'manifest.json'), torn);
    const ended = alphasteer('compare', root);
    expect(problemsOf(ended)).toEqual(missing);
    expect(ended.status).toBe(1);
  }
});

test('a fit that goes on keeps the name that its run was given', () => {
  const root = tinyWorkspace();
  const { run } = JSON.parse(alphasteer('fit', root, '--json').stdout) as { run: string };
  const file = join(run, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...manifest, state: 'fitting', name: 'mine' }));
  const gone = JSON.parse(alphasteer('fit', root, '--json').stdout) as { run: string };
  expect(gone.run).toBe(run);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ state: 'fitted', name: 'mine' });
});

test.each(['fit.json', 'steering.safetensors'])('a cut off %s is named, with what to do', (name) => {
  const root = tinyWorkspace();
  const { run } = JSON.parse(alphasteer('fit', root, '--json').stdout) as { run: string };
  truncateSync(join(run, name), 50);
  const ended = alphasteer('compare', root);
  expect(problemsOf(ended)).toEqual([expect.stringContaining(`error: ${join(run, name)}: `)]);
  expect(ended.status).toBe(1);
});

/** A file system of so many bytes, or undefined where the system does not let us mount one. */
function smallDisk(bytes: number): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'alphasteer-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'none', folder]);
  onTestFinished(() => {
    if (status === 0) execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  });
  return status === 0 ? folder : undefined;
}

test('a full disk stops compare with one message; with more space it goes on and makes no reply twice', ({ skip }) => {
  const disk = smallDisk(64 * 1024);
  if (disk === undefined) return skip('Mounting a small file system needs root on Linux.');
  const root = tinyWorkspace();
  writeFileSync(join(root, 'heldout.jsonl'), promptLines('benign', 100, 'heldout'));
  expect(alphasteer('fit', root).status).toBe(0);
  const compare = ['compare', root, '--out', disk];
  const stopped = alphasteer(...compare);
  expect(problemsOf(stopped)).toEqual([
    `error: ${disk}/replies.jsonl: The disk is full (ENOSPC). Free some space and run the command again: it goes on where it stopped.`,
  ]);
  expect(stopped.status).toBe(1);
  const replies = join(disk, 'replies.jsonl');
  const whole = readFileSync(replies, 'utf8').replace(/[^\n]*$/, '');
  expect(whole).not.toBe('');

  execFileSync('mount', ['-o', 'remount,size=16M', disk]);
  const again = alphasteer(...compare, '--json');
  expect(problemsOf(again).filter((problem) => !problem.includes('The last line was cut off'))).toEqual([]);
  const kept = whole.trimEnd().split('\n').length;
  expect(JSON.parse(again.stdout)).toMatchObject({ reused: kept });
  expect(readFileSync(replies, 'utf8').startsWith(whole)).toBe(true);
  const keys = readLines(replies).map(({ id, condition }) => JSON.stringify([id, condition]));
  expect(new Set(keys).size).toBe(keys.length);
});

test('a read-only workspace stops fit with one message, and leaves it as it is', ({ skip }) => {
  const disk = smallDisk(4 * 1024 * 1024);
  if (disk === undefined) return skip('Mounting a file system needs root on Linux.');
  execFileSync('cp', ['-r', `${tinyWorkspace()}/.`, disk]);
  execFileSync('mount', ['-o', 'remount,ro', disk]);
  const ended = alphasteer('fit', disk);
  expect(problemsOf(ended)).toEqual([
    expect.stringMatching(
      /^error: \S+\.alphasteer\S*: The file system is read-only \(EROFS\)\. Work in a copy of the workspace/,
    ),
  ]);
  expect(ended.status).toBe(1);
});
