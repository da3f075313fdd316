import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readIfThere } from '../../../../src/workspace/files/read-if-there.ts';

test('a file that is not there is no error, and a folder in its place is one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'alphasteer-read-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'file');
  expect(await readIfThere(file)).toBeUndefined();
  writeFileSync(file, 'bytes');
  expect((await readIfThere(file))?.toString()).toBe('bytes');
  await expect(readIfThere(folder)).rejects.toThrow('EISDIR');
});
