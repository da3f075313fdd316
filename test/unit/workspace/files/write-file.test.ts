import { execFileSync, spawn } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { writeFileWhole } from '../../../../src/workspace/files/write-file.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'alphasteer-write-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test('a file is written whole, the folders above it made, and nothing else is left', async () => {
  const root = folder();
  await writeFileWhole(join(root, 'a', 'b.txt'), 'one');
  await writeFileWhole(join(root, 'a', 'b.txt'), 'two');
  expect(readFileSync(join(root, 'a', 'b.txt'), 'utf8')).toBe('two');
  expect(readdirSync(join(root, 'a'))).toEqual(['b.txt']);
});

test('a link stays, and the file that it leads to is written', async ({ skip }) => {
  skip(process.platform === 'win32', 'links need rights on Windows');
  const root = folder();
  writeFileSync(join(root, 'real'), 'old');
  symlinkSync('real', join(root, 'link'));
  await writeFileWhole(join(root, 'link'), 'new');
  expect(lstatSync(join(root, 'link')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(root, 'real'), 'utf8')).toBe('new');
});

test('a pipe gets the data and stays a pipe', async ({ skip }) => {
  skip(process.platform === 'win32', 'Windows has no named pipes among its files');
  const pipe = join(folder(), 'pipe');
  execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', pipe]);
  const reader = spawn('cat', [pipe]);
  await writeFileWhole(pipe, 'through');
  expect(await text(reader.stdout)).toBe('through');
  expect(lstatSync(pipe).isFIFO()).toBe(true);
});

test('a folder of the name is an error that names it, not the draft beside it', async () => {
  const root = folder();
  mkdirSync(join(root, 'x'));
  await expect(writeFileWhole(join(root, 'x'), '')).rejects.toMatchObject({ problem: { file: join(root, 'x') } });
  expect(readdirSync(root)).toEqual(['x']);
});
