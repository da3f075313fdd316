import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { version } from '../../../src/core/version.ts';

test('the version that runs are marked with is the one of the package', () => {
  expect(JSON.parse(readFileSync('package.json', 'utf8'))).toMatchObject({ version });
});
