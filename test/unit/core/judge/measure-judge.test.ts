import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { judge } from '../../../../src/core/judge/judge.ts';
import { labelledReplies, type LabelledReply } from '../../../../src/core/judge/labelled-replies.ts';
import { measureJudge } from '../../../../src/core/judge/measure-judge.ts';
import { shippedRules } from '../../../../src/core/judge/rules.ts';
import { verdicts, type Verdict } from '../../../../src/core/judge/verdict.ts';

test('the labelled replies are three hundred or more, of all kinds and families, and none is one that rules are tuned on', () => {
  expect(labelledReplies.length).toBeGreaterThanOrEqual(300);
  expect(new Set(labelledReplies.map(({ id }) => id)).size).toBe(labelledReplies.length);
  for (const verdict of verdicts)
    expect(labelledReplies.filter((row) => row.verdict === verdict).length).toBeGreaterThanOrEqual(45);
  expect(new Set(labelledReplies.map(({ family }) => family)).size).toBeGreaterThanOrEqual(8);
  const tunedOn = readFileSync('test/fixtures/judge/develop.jsonl', 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as LabelledReply).reply);
  const rare = (reply: string): boolean => reply.trim().length > 60;
  expect(labelledReplies.filter(({ reply }) => rare(reply) && tunedOn.includes(reply))).toEqual([]);
});

test('measured.json is what the shipped rules do on the labelled replies', async () => {
  const measured = { version: shippedRules.version, ...measureJudge(judge, labelledReplies) };
  await expect(`${JSON.stringify(measured, null, 2)}\n`).toMatchFileSnapshot(
    '../../../../src/core/judge/measured.json',
  );
});

test('a judge that is always right, and one that calls everything a refusal', () => {
  const rows = verdicts.map((verdict) => ({ verdict, reply: verdict }));
  const right = measureJudge((reply) => ({ verdict: reply as Verdict }), rows);
  expect(verdicts.map((is) => verdicts.map((says) => right.confusion[is][says]))).toEqual([
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
  ]);
  expect(measureJudge(() => ({ verdict: 'refused' }), rows)).toMatchObject({
    refused: { truePositive: 1, falseNegative: 0 },
    notRefused: { falsePositive: 3, trueNegative: 0 },
  });
});
