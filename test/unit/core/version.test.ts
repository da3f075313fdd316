import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { version } from '../../../src/core/version.ts';

test('the version that runs are marked with is the one of the package and of its lock file', () => {
  for (const file of ['package.json', 'package-lock.json'])
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version });
});

test('no source states it a second time', () => {
  const files = ['src', 'media', 'build'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|mjs|css|json|yml)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter((file) => readFileSync(file, 'utf8').includes(version))).toEqual([]);
});
