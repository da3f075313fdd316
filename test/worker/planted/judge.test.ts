import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import shippedRules from '../../../src/core/judge/rules.json' with { type: 'json' };
import type { CompareResult } from '../../../src/rpc/worker-api.ts';
import { alphasteer, problemsOf } from '../alphasteer.ts';
import { tinyWorkspace } from '../tiny-workspace.ts';

test('a rule of the judge broken on purpose is told of before it judges, and in the report', () => {
  const root = tinyWorkspace();
  expect(alphasteer('fit', root).status).toBe(0);
  // As a slip of the hand makes it: any word, where a phrase that declines was meant.
  const broken = { ...shippedRules, refusals: [{ name: 'broken', phrases: ['... (the|a|you|to|and|of|it|is)'] }] };
  writeFileSync(join(root, 'judge.json'), JSON.stringify(broken));
  const ended = alphasteer('compare', root, '--json');
  const fault = /The rules find that \d+ of 89 labelled answers decline\./;
  expect(problemsOf(ended)).toContainEqual(expect.stringMatching(fault));
  const { run } = JSON.parse(ended.stdout) as CompareResult;
  expect(readFileSync(join(run, 'report.html'), 'utf8')).toMatch(fault);
});
