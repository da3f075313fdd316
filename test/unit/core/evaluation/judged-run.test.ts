import { expect, test } from 'vitest';
import { judgedRun, type RunRecord } from '../../../../src/core/evaluation/judged-run.ts';
import { summarise } from '../../../../src/core/evaluation/summarise.ts';
import type { Reply } from '../../../../src/core/evaluation/data/summary.ts';
import { goldenRun } from '../report/golden-run.ts';

const { replies, fit } = goldenRun();
const record: RunRecord = {
  name: 'r',
  fit,
  manifest: { created: '2026-01-02T03:04:05.006Z' },
  marginWarnings: [],
  replies,
  overrides: [],
  secondVerdicts: [],
};

/** All prompts compared, then ten of them with another reply length: lines as they follow each other on disk. */
const earlier = replies.map((one): Reply => ({ ...one, recipe: 'aaaa+x', reply: `${one.reply} (longer)` }));
const ten = new Set(replies.flatMap(({ id, condition }) => (condition === 'steered' ? [id] : [])).slice(0, 10));
const now = replies
  .filter(({ id, condition }) => ten.has(id) && ['base', 'steered'].includes(condition))
  .map((one): Reply => ({ ...one, recipe: 'bbbb+y' }));

test('a run compared once is its lines', () => {
  const { summary, rows, second, ...judged } = judgedRun(record);
  expect(judged).toMatchObject({ name: 'r', fit, replies });
  expect(summary).toEqual(summarise(replies, fit));
  expect(rows).toHaveLength(new Set(replies.map(({ id }) => id)).size);
  expect(second).toBeNull();
});

test('a second judge that saw two comparisons counts on the replies of the later one', () => {
  const secondVerdicts = [...earlier, ...now].map(({ id, reply, verdict }) => ({
    judge: 'm',
    id,
    reply,
    verdict,
    answer: '',
  }));
  const run = judgedRun({ ...record, replies: [...earlier, ...now], secondVerdicts });
  const different = new Set(now.map(({ id, reply }) => JSON.stringify([id, reply]))).size;
  expect(run.second?.asked).toBe(different);
  expect(different).toBeLessThan(earlier.length);
  expect(run.replies).toEqual(now);
});

test('no row pairs verdicts of two comparisons', () => {
  const { id, ...one } = earlier.find(({ condition, verdict }) => condition === 'steered' && verdict === 'refused')!;
  const stopped = { ...one, id, condition: 'base', strength: 0, verdict: 'complied', recipe: 'bbbb+y' } as const;
  expect(judgedRun({ ...record, replies: [...earlier, stopped] }).rows).toMatchObject([
    { id, change: 'missing', base: { verdict: 'complied' }, steered: null },
  ]);
});

test('a person’s verdict counts in rows and numbers', () => {
  const { id, condition, strength, reply } = replies.find(
    (one) => one.condition === 'steered' && one.verdict === 'complied',
  )!;
  const { rows, summary } = judgedRun({
    ...record,
    overrides: [{ id, condition, strength, reply, verdict: 'refused' }],
  });
  expect(rows.find((row) => row.id === id)?.steered).toMatchObject({ verdict: 'refused', rules: 'complied' });
  expect(summary.review).toMatchObject({ reviewed: 1, agreed: 0 });
});

test('the fit is told as the last comparison used it', () => {
  const software = { alphasteer: '1', onnxruntime: '1', node: '1', platform: 'p', threads: 1, processors: 1 };
  const compared = { at: '2026-01-02T03:04:05Z', maxNewTokens: 8, leftOut: 3, floor: { n: 1, perKind: 1 }, software };
  const told = (of: Partial<RunRecord>) => judgedRun({ ...record, ...of }).fit;
  const summarised = { strength: 4, controls: { budget: { kl: 0.1, overRefusal: 0.02, borderline: 0.1 }, fitted: [] } };
  expect(told({ summarised })).toMatchObject({ strength: 4, controls: summarised.controls });
  const manifest = { ...record.manifest, compared: { ...compared, strength: 2 } };
  const { strength, warnings } = told({ summarised, manifest, marginWarnings: ['Margins changed.'] });
  expect(strength).toBe(2);
  expect(warnings).toEqual([
    'Margins changed.',
    expect.stringMatching(/^3\sprompts of the evaluation/),
    ...fit.warnings,
  ]);
});
