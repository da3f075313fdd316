import { expect, test } from 'vitest';
import { currentReplies } from '../../../../src/core/evaluation/replies/current-replies.ts';
import type { Label } from '../../../../src/core/prompts/prompt.ts';
import type { ControlPlan } from '../../../../src/worker/compare/controls/control-plans.ts';
import {
  asOfNow,
  replyTo,
  rowsOf,
  untouched,
  type ComparedPrompt,
  type Row,
} from '../../../../src/worker/compare/rows.ts';

const verdict = { verdict: 'complied', span: null, rule: 'no-refusal' } as const;

function prompt(id: string, label: Label = 'benign'): ComparedPrompt {
  const about = { id, text: `What is ${id}?`, label, file: 'p.jsonl', line: 1, column: 1 };
  return {
    prompt: about,
    ids: Int32Array.of(1, 2),
    hash: id,
    set: 'evaluate',
    clusters: { template: 't', goal: id },
  } as unknown as ComparedPrompt;
}

const prompts = [...Array.from({ length: 20 }, (_, i) => prompt(`b${i}`)), prompt('h', 'harmful')];
const plan = {
  control: {
    chosen: { condition: 'random-w#1', push: 'score', strength: 2 },
    steering: { layers: [1], w: Float32Array.of(1), r: Float32Array.of(1), thresholds: Float32Array.of(0) },
  },
  rows: new Map([
    ['b0', null],
    ['h', { ids: [1, 2], strength: 2 }],
  ]),
} as unknown as ControlPlan;
const of = { strength: 3, madeBy: 'abcd', plans: [plan] };
const rows = rowsOf(prompts, of);

const made = { tokens: [7], scores: [0.5], norms: [2], taps: [] } as unknown as Parameters<typeof replyTo>[1];
const lineOf = (row: Row, reply = 'Yes.') => replyTo(row, made, { reply, tokens: 1, ...verdict }, undefined);

test('every prompt is asked of base and of steered, a sample of each kind of base once more', () => {
  expect(rows.base).toHaveLength(21);
  expect(rows.steered.map(({ strength, asked }) => [strength, asked.strength])).toEqual(prompts.map(() => [3, 3]));
  expect(rows.again.filter(({ prompt: { label } }) => label === 'benign')).toHaveLength(8);
  expect(rows.again.filter(({ prompt: { label } }) => label === 'harmful')).toHaveLength(1);
  expect(rows.base.every(({ strength, asked }) => strength === 0 && asked.strength === 0)).toBe(true);
});

test('a control has rows for the prompts it holds, and says which of them it acts on', () => {
  expect(rows.controls[0]!.rows.map(({ prompt: { id }, acts, asked }) => [id, acts, asked.strength])).toEqual([
    ['b0', false, 0],
    ['h', true, 2],
  ]);
  expect(rows.all).toHaveLength(21 + 21 + 9 + 2);
});

test('all lines of a comparison are of it, and none of one with other prompts, strength or controls', () => {
  const lines = rows.all.map((row) => lineOf(row));
  expect(currentReplies(lines)).toEqual(lines);
  for (const other of [
    rowsOf(prompts.slice(1), of),
    rowsOf(prompts, { ...of, strength: 4 }),
    rowsOf(prompts, { ...of, plans: [] }),
    rowsOf(prompts, { ...of, madeBy: 'dcba' }),
  ])
    expect(currentReplies([...lines, lineOf(other.base[0]!)])).toHaveLength(1);
  expect(rowsOf(prompts, of).recipe).toBe(rows.recipe);
});

test('a prompt that nothing steers keeps the base reply under its own condition', () => {
  const base = lineOf(rows.base[0]!);
  expect(untouched(rows.steered[0]!, base)).toEqual({ ...base, condition: 'steered', strength: 3, untouched: true });
});

test('a reply is written again only where its verdict, its prompt’s kind or its comparison is another', () => {
  const row = rows.base[0]!;
  const line = lineOf(row);
  const judge = () => verdict;
  expect(asOfNow(undefined, row, judge)).toEqual([]);
  expect(asOfNow(line, row, judge)).toEqual([]);
  const refused = { verdict: 'refused', span: [0, 1], rule: 'x' } as const;
  expect(asOfNow(line, row, () => refused)).toEqual([{ ...line, ...refused }]);
  const other = rowsOf(prompts.slice(0, 3), of).base[0]!;
  expect(asOfNow(line, other, judge)).toEqual([{ ...line, recipe: other.recipe }]);
});
