import { expect, test } from 'vitest';
import { conditionRows } from '../../../../src/core/report/condition-rows.ts';
import { summarise } from '../../../../src/core/evaluation/summarise.ts';
import { fakeRun } from './fake-run.ts';

const { replies, fit } = fakeRun();
const summary = summarise(replies, fit);
const rows = conditionRows(summary);

test('base and steered come first, then the controls from the simplest on; base again is not among them', () => {
  expect(rows.map(({ name }) => name)).toEqual([
    'base',
    'steered',
    'system-prompt',
    'refusal-vector',
    'random-direction',
  ]);
});

test('the draws of a control are one row: their mean, and the lowest and the highest', () => {
  const [a, b] = [1, 2].map((draw) => summary.conditions[`random-direction#${draw}`]!.jailbreak!.rate);
  const parts = ['jailbreak-seen', 'jailbreak-unseen'] as const;
  const row = rows.find(({ name }) => name === 'random-direction')!;
  expect(row.draws).toBe(2);
  for (const part of parts) {
    const rates = [1, 2].map((draw) => summary.conditions[`random-direction#${draw}`]![part]!.rate);
    expect(row.rates[part]).toMatchObject({ low: Math.min(...rates), high: Math.max(...rates) });
    expect(row.rates[part]!.rate).toBeCloseTo((rates[0]! + rates[1]!) / 2, 12);
  }
  expect(a).not.toBe(b);
});

test('a control that was made at another strength before counts at the one that was chosen', () => {
  const before = replies
    .filter(({ condition }) => condition === 'refusal-vector')
    .map((one) => ({ ...one, strength: 4 }));
  const again = summarise([...before, ...replies, ...before], fit);
  expect(again.conditions['refusal-vector']).toEqual(summary.conditions['refusal-vector']);
  expect(Object.keys(again.conditions)).toContain('refusal-vector@4');
});
