import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, closeSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { alphasteer, problemsOf } from './alphasteer.ts';

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve));
}

test.each([
  ['done', ['--help'], 0],
  ['a usage error', ['nonsense'], 2],
])('a reader that is gone, as in `| head`, changes nothing of how it ends: %s', async (_, args, status) => {
  const child = spawn(process.execPath, ['dist/cli.js', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const [code, told] = await Promise.all([exitOf(child), text(child.stderr)]);
  expect(code).toBe(status);
  expect(told).not.toContain('EPIPE');
});

test('output onto a full disk is an error in words', async ({ skip }) => {
  skip(!existsSync('/dev/full'), 'needs /dev/full, which Linux has');
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, ['dist/cli.js', '--help'], { stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  const [code, told] = await Promise.all([exitOf(child), text(child.stderr!)]);
  expect(code).toBe(1);
  expect(told).toMatch(/^error: The disk is full \(ENOSPC\)\. .*\n$/);
});

test('control characters of prompts and runs are shown, and do nothing to the terminal', () => {
  const ended = alphasteer('export', 'a\u001b[31mred', '--to', 'csv', '--out', join(tmpdir(), 'none.csv'));
  expect(ended.stderr).toContain('a\u241b[31mred');
  expect(ended.stderr).not.toContain('\u001b[31m');
});

test.each([
  ['fit', '.', '--layers', '8,8'],
  ['compare', '.', '--strength', '-1'],
])('%s %s %s %s is a usage error: it would steer twice, or towards answering', (...args) => {
  const ended = alphasteer(...args);
  expect(ended.stderr).toMatch(/It must (name each layer once|be a number from 0)/);
  expect([ended.status, ended.stdout]).toEqual([2, '']);
});

test.each([
  [['judge', 'run', '--local', '--endpoint', 'https://example.com']],
  [['judge', 'run', '--endpoint', 'https://example.com']],
  [['judge', 'run']],
])('%j is a usage error: it does not say which judge', (args) => {
  const ended = alphasteer(...args);
  expect(ended.stderr).toContain('Give either --endpoint with --name, or --local.');
  expect([ended.status, ended.stdout]).toEqual([2, '']);
});

test('nothing is sent to a second judge where nobody can be asked, and the exit status says so', () => {
  const ended = alphasteer('judge', 'some-run', '--endpoint', 'https://example.com', '--name', 'm', '--limit', '3');
  expect(ended.stderr).toContain('At most 3 different replies of the run some-run');
  expect(ended.stderr).toContain('Nothing was sent.');
  expect([ended.status, ended.stdout]).toEqual([130, '']);
});

test.each([
  ['diff', 'none', 'none'],
  ['export', 'none', '--to', 'onnx', '--out', 'none'],
])('%s of what is not there ends with status 1, and with --json the problem is a document', (...args) => {
  const workspace = mkdtempSync(join(tmpdir(), 'alphasteer-none-'));
  onTestFinished(() => rmSync(workspace, { recursive: true }));
  const ended = alphasteer(...args, '--workspace', workspace, '--json');
  expect(JSON.parse(ended.stdout)).toMatchObject({ error: { severity: 'error' } });
  expect(ended.status).toBe(1);
});

test('the help names every command', () => {
  const ended = alphasteer('--help');
  const named = [...ended.stdout.matchAll(/^ {2}(\w+) \[?options/gm)].map(([, name]) => name);
  expect(named).toEqual('fit compare ask attack activations import inspect doctor judge export diff'.split(' '));
  expect(ended.status).toBe(0);
});

test('doctor says by its exit status that something has to be mended, and makes no folder of a mistyped workspace', () => {
  const above = mkdtempSync(join(tmpdir(), 'alphasteer-doctor-'));
  onTestFinished(() => rmSync(above, { recursive: true }));
  const ended = alphasteer('doctor', join(above, 'mistyped'));
  expect(ended.stdout).toContain('There is no alphasteer.json in this folder.');
  expect(ended.stdout).toContain('The run folder cannot be written.');
  expect(problemsOf(ended)).toEqual([]);
  expect(ended.status).toBe(1);
  expect(existsSync(join(above, 'mistyped'))).toBe(false);
});
