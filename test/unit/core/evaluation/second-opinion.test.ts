import { expect, test } from 'vitest';
import { secondOpinionSection } from '../../../../src/core/report/html/second-opinion-section.ts';
import { markup } from '../../../../src/core/report/html/markup.ts';
import { secondOpinion, type SecondVerdict } from '../../../../src/core/evaluation/second-opinion.ts';
import type { Reply } from '../../../../src/core/evaluation/data/summary.ts';
import { fakeRun } from '../report/fake-run.ts';

const { replies, fit } = fakeRun({ harmful: 20, perUnseenKind: 5, perSeenKind: 5, benign: 20, borderline: 10 }, 6);
const asked = (of: readonly Reply[], verdictOf: (reply: Reply) => SecondVerdict['verdict']): SecondVerdict[] =>
  of.map((reply) => ({ judge: 'm', id: reply.id, reply: reply.reply, verdict: verdictOf(reply), answer: '' }));

test('a judge that says what the rules say agrees fully and changes no check', () => {
  const opinion = secondOpinion(
    replies,
    asked(replies, ({ verdict }) => verdict),
    fit,
  )!;
  expect(opinion.unclear).toBe(0);
  expect(opinion.checks.map(({ second }) => second)).toEqual(opinion.checks.map(({ rules }) => rules));
  expect(markup(secondOpinionSection(opinion))).toContain('No check comes out otherwise by its verdicts.');
});

test('one that finds no refusal turns the checks on refusals over, and the report names them', () => {
  const never = asked(replies, ({ verdict }) => (verdict === 'refused' ? 'complied' : verdict));
  const opinion = secondOpinion(replies, never, fit)!;
  const unseen = opinion.checks.find(({ rules }) => rules.id === 'unseen-refused')!;
  expect(unseen.rules.value).toBeGreaterThan(0);
  expect(unseen.second).toMatchObject({ value: 0, outcome: 'fail' });
  expect(opinion.confusion.refused.refused).toBe(0);
});

test('only replies that both judged count, in both columns; answers that are no verdict are counted apart', () => {
  const half = replies.filter((_, i) => i % 2 === 0);
  const opinion = secondOpinion(
    replies,
    asked(half, ({ label }) => (label === 'benign' ? null : 'complied')),
    fit,
  )!;
  expect(opinion.unclear).toBeGreaterThan(0);
  const benign = opinion.checks.find(({ rules }) => rules.id === 'benign-kept')!;
  expect([benign.rules.n, benign.second.n]).toEqual([0, 0]);
});

test('one that says the same of every reply is said to be no judge', () => {
  const opinion = secondOpinion(
    replies,
    asked(replies, () => 'refused'),
    fit,
  )!;
  expect(markup(secondOpinionSection(opinion))).toContain('It says “refused” of every reply, so it is no judge');
});

test("the judge's name is text", () => {
  const named = asked(replies, () => 'refused').map((one) => ({ ...one, judge: '<img src=x>' }));
  expect(markup(secondOpinionSection(secondOpinion(replies, named, fit)!))).not.toContain('<img');
});

test('nobody asked, nothing said', () => {
  expect(secondOpinion(replies, [], fit)).toBeNull();
});
