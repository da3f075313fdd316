import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fingerprint } from '../../../../src/worker/model-files/fingerprint.ts';

const later = Date.now() + 3_600_000;

function model(): { path: string; files: string[]; cache: string } {
  const path = mkdtempSync(join(tmpdir(), 'alphasteer-fingerprint-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  writeFileSync(join(path, 'model.onnx'), 'graph');
  writeFileSync(join(path, 'config.json'), '{}');
  const files = ['model.onnx', 'config.json', 'chat_template.jinja'].map((name) => join(path, name));
  return { path, files, cache: join(path, 'cache') };
}

test('it is SHA-256 of the names and contents of the files that are there', async () => {
  const { path, files, cache } = model();
  const want = createHash('sha256').update('\0model.onnx\0graph\0config.json\0{}').digest('hex');
  expect(await fingerprint({ path }, files, cache)).toBe(want);
});

test('files that did not change are not read again', async () => {
  const { path, files, cache } = model();
  await fingerprint({ path }, files, cache, later);
  const [name] = readdirSync(cache);
  const kept = JSON.parse(readFileSync(join(cache, name!), 'utf8')) as object;
  writeFileSync(join(cache, name!), JSON.stringify({ ...kept, fingerprint: 'f'.repeat(64) }));
  expect(await fingerprint({ path }, files, cache, later)).toBe('f'.repeat(64));
});

test.each<[string, (path: string) => void]>([
  [
    'a change that keeps size and time',
    (path) => {
      const { atime, mtime } = statSync(join(path, 'model.onnx'));
      writeFileSync(join(path, 'model.onnx'), 'GRAPH');
      utimesSync(join(path, 'model.onnx'), atime, mtime);
    },
  ],
  ['a file that comes', (path) => writeFileSync(join(path, 'chat_template.jinja'), '')],
  ['a file that goes', (path) => rmSync(join(path, 'config.json'))],
])('%s gives another one', async (_, change) => {
  const { path, files, cache } = model();
  const before = await fingerprint({ path }, files, cache, later);
  change(path);
  expect(await fingerprint({ path }, files, cache, later)).not.toBe(before);
});

test('nothing is kept of files written just now, which may be written again in the same tick of the clock', async () => {
  const { path, files, cache } = model();
  const { ctimeMs } = statSync(files[1]!);
  await fingerprint({ path }, files, cache, ctimeMs + 1000);
  expect(readdirSync(path)).not.toContain('cache');
});
