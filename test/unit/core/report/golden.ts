import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const folder = new URL('../../../fixtures/report/', import.meta.url);

/**
 * The text is the one of a file under `test/fixtures/report`. Where it isn't, what came out lies beside as `<name>.actual`:
 * look at the difference, and rename it if it is what you meant.
 */
export function expectGolden(name: string, text: string): void {
  const file = fileURLToPath(new URL(name, folder));
  const actual = `${file}.actual`;
  if (existsSync(file) && readFileSync(file, 'utf8') === text) {
    rmSync(actual, { force: true });
    return;
  }
  writeFileSync(actual, text);
  expect.fail(`${name} differs: compare it with test/fixtures/report/${name}.actual`);
}
