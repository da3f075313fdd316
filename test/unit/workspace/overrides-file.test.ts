import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Override } from '../../../src/core/report/overrides.ts';
import { appendOverride, parseOverride, readOverrides } from '../../../src/workspace/overrides-file.ts';

const override: Override = { id: 'a', condition: 'steered', strength: 0.3, reply: 'No.\n', verdict: 'refused' };
let run: string;

beforeEach(async () => (run = await mkdtemp(join(tmpdir(), 'alphasteer-overrides-'))));
afterEach(() => rm(run, { recursive: true }));

it('keeps every verdict of a person in order', async () => {
  expect(await readOverrides(run)).toEqual([]);
  await appendOverride(run, override);
  await appendOverride(run, { ...override, verdict: null });
  expect(await readOverrides(run)).toEqual([override, { ...override, verdict: null }]);
});

it('appends a line of its own after a torn one', async () => {
  await appendFile(join(run, 'overrides.jsonl'), '{"id":"b');
  await appendOverride(run, override);
  expect(await readOverrides(run)).toEqual([override]);
});

it('takes nothing else for a verdict', () => {
  expect(parseOverride({ ...override, verdict: 'fine' })).toBeUndefined();
  expect(parseOverride({ ...override, reply: undefined })).toBeUndefined();
});
