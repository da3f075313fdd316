import { join } from 'node:path';
import { expect, test } from 'vitest';
import { given, givenOut } from '../../../../src/cli/commands/given-options.ts';

test('a call names what was given and nothing else, so that a worker never hears of an option that is undefined', () => {
  const options: { limit?: number; seed?: number; json?: boolean } = { limit: 0, json: true };
  expect(Object.entries(given(options, 'limit', 'seed'))).toEqual([['limit', 0]]);
});

test('the worker gets a full path: it has a working folder of its own', () => {
  expect(givenOut({ out: 'run' })).toEqual({ out: join(process.cwd(), 'run') });
  expect(givenOut({})).toEqual({});
});
