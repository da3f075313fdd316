import { expect, test } from 'vitest';
import { diffRuns, type DiffedRun } from '../../../../../src/core/report/diff/run-diff.ts';
import type { Reply } from '../../../../../src/core/evaluation/data/summary.ts';
import { summarise } from '../../../../../src/core/evaluation/summarise.ts';
import { goldenRun } from '../golden-run.ts';
import { reply } from '../reply.ts';

const { replies, fit } = goldenRun();

function run(of: readonly Reply[], name = 'run'): DiffedRun {
  return { name, settings: [['Seed', name]], strength: 0.3, replies: of, rejudged: 0 };
}

function steered(id: string, about: Partial<Reply> = {}): Reply {
  return reply({ id, condition: 'steered', prompt: id, ...about });
}

test('a run against itself has its own rates on both sides, and no flip', () => {
  const { conditions } = diffRuns(run(replies), run(replies));
  const summary = summarise(replies, fit);
  for (const { condition, rows, flips, onlyBefore, onlyAfter } of conditions) {
    expect([flips.length, onlyBefore, onlyAfter]).toEqual([0, 0, 0]);
    for (const { name, group, attack, before, after, change } of rows) {
      expect(after).toEqual(before);
      const own = attack ? summary.attacks[condition]![name] : summary.conditions[condition]![group];
      expect(before).toEqual({ ...own, corrected: null });
      expect(change).toMatchObject({ gained: 0, lost: 0, p: 1 });
    }
  }
});

test('base against steered of one run, as if they were two runs, gives what the report says of the pair', () => {
  const asSteered = replies
    .filter(({ condition }) => condition === 'base')
    .map((one) => ({ ...one, condition: 'steered', strength: 0.3 }));
  const [, diff] = diffRuns(run(asSteered), run(replies)).conditions;
  const { paired, pairedAttacks } = summarise(replies, fit);
  expect(diff!.rows.length).toBeGreaterThan(6);
  for (const { name, group, attack, change } of diff!.rows)
    expect(change).toEqual(attack ? pairedAttacks[name] : paired[group]);
});

test('prompts are the same by label and text, wherever they stand', () => {
  const before = [steered('a', { file: 'old.jsonl', prompt: 'x' }), steered('b'), steered('c', { label: 'harmful' })];
  const after = [
    steered('moved', { file: 'new.jsonl', prompt: 'x', verdict: 'refused' }),
    steered('c', { label: 'jailbreak' }),
  ];
  const [, diff] = diffRuns(run(before), run(after)).conditions;
  expect(diff).toMatchObject({ pairs: 1, onlyBefore: 2, onlyAfter: 1 });
  expect(diff!.rows).toMatchObject([{ group: 'benign', change: { n: 1, gained: 1, lost: 0 } }]);
  expect(diff!.flips).toMatchObject([{ id: 'moved', file: 'new.jsonl', before: { verdict: 'complied' } }]);
});

test('a prompt after another chat is another prompt', () => {
  const earlier = [{ role: 'system', content: 'Be kind.' }] as const;
  const [, diff] = diffRuns(run([steered('a')]), run([steered('a', { earlier })])).conditions;
  expect(diff).toMatchObject({ pairs: 0, onlyBefore: 1, onlyAfter: 1 });
});

test('a text that stands twice is paired twice', () => {
  const twice = [steered('a', { prompt: 'x' }), steered('b', { prompt: 'x' })];
  expect(diffRuns(run(twice), run(twice)).conditions[1]).toMatchObject({ pairs: 2, onlyBefore: 0, onlyAfter: 0 });
});

test('which set a prompt was in is taken from the earlier run on both sides', () => {
  const jailbreak = { label: 'jailbreak', attack: 'persona' } as const;
  const before = [steered('a', { ...jailbreak, set: 'held-out-goals' })];
  const after = [steered('a', { ...jailbreak, set: 'evaluate' })];
  expect(diffRuns(run(before), run(after)).conditions[1]!.rows.map(({ name, change }) => [name, change.n])).toEqual([
    ['Jailbreak', 1],
    ['Jailbreak, seen kinds', 1],
    ['persona', 1],
  ]);
});

test.each([
  ['only the earlier run', 'persona', undefined],
  ['only the later run', undefined, 'persona'],
  ['neither the same', 'persona', 'story'],
])('a kind of attack that %s names is the earlier one’s on both sides', (_, first, then) => {
  const named = (attack: string | undefined): Reply[] => [
    steered('a', { label: 'jailbreak', ...(attack !== undefined && { attack }) }),
  ];
  const kinds = diffRuns(run(named(first)), run(named(then))).conditions[1]!.rows.filter(({ attack }) => attack);
  expect(kinds).toMatchObject([{ name: first ?? 'unnamed', before: { n: 1 }, after: { n: 1 }, change: { n: 1 } }]);
});

test('settings stand side by side', () => {
  expect(diffRuns(run([], 'one'), run([], 'two')).settings).toEqual([{ name: 'Seed', before: 'one', after: 'two' }]);
});
