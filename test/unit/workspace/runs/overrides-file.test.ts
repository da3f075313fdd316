import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Problem } from '../../../../src/core/problem.ts';
import type { Override } from '../../../../src/core/evaluation/replies/overrides.ts';
import { appendOverride, parseOverride, readOverrides } from '../../../../src/workspace/runs/overrides-file.ts';

const override: Override = { id: 'a', condition: 'steered', strength: 0.3, reply: 'No.\n', verdict: 'refused' };
let run: string;

const unexpected = ({ message }: Problem): never => expect.fail(message);

beforeEach(async () => (run = await mkdtemp(join(tmpdir(), 'alphasteer-overrides-'))));
afterEach(() => rm(run, { recursive: true }));

it('keeps every verdict of a person in order', async () => {
  expect(await readOverrides(run, unexpected)).toEqual([]);
  await appendOverride(run, override);
  await appendOverride(run, { ...override, verdict: null });
  expect(await readOverrides(run, unexpected)).toEqual([override, { ...override, verdict: null }]);
});

it('appends a line of its own after a torn one', async () => {
  await appendFile(join(run, 'overrides.jsonl'), '{"id":"b');
  await appendOverride(run, override);
  expect(await readOverrides(run, unexpected)).toEqual([override]);
});

it('tells of a line that is no verdict, and reads the others', async () => {
  await appendFile(join(run, 'overrides.jsonl'), '{"id":"b"}\n');
  await appendOverride(run, override);
  const told: Problem[] = [];
  expect(await readOverrides(run, (problem) => told.push(problem))).toEqual([override]);
  expect(told).toMatchObject([{ severity: 'warning', file: join(run, 'overrides.jsonl'), line: 1 }]);
});

it('takes nothing else for a verdict', () => {
  expect(parseOverride({ ...override, verdict: 'fine' })).toBeUndefined();
  expect(parseOverride({ ...override, reply: undefined })).toBeUndefined();
});
