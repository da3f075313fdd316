import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { viewOf } from '../../../../media/pages/run-model.ts';
import type { Reply } from '../../../../src/core/evaluation/data/summary.ts';
import { readComparedRun, readRunRecord } from '../../../../src/workspace/runs/run-record.ts';
import { runFiles } from '../../../../src/workspace/runs/run-folder.ts';
import { goldenRun } from '../../core/report/golden-run.ts';
import { runFolder } from './made-run.ts';

test('a run tells of prompts that its comparison left out, wherever it is read again', async () => {
  const folder = runFolder();
  const before = await readComparedRun(folder, () => undefined);
  const manifest = JSON.parse(readFileSync(join(folder, runFiles.manifest), 'utf8')) as object;
  const compared = { at: '2026-01-02T03:04:05Z', maxNewTokens: 64, leftOut: 3, floor: { n: 1, perKind: 1 } };
  const software = { alphasteer: '1', onnxruntime: '1', node: '1', platform: 'p', threads: 1, processors: 1 };
  writeFileSync(join(folder, runFiles.manifest), JSON.stringify({ ...manifest, compared: { ...compared, software } }));
  const after = await readComparedRun(folder, () => undefined);
  const [first, ...rest] = after.fit.warnings;
  expect(first).toMatch(/^3\sprompts of the evaluation are longer than the model’s context/);
  expect(rest).toEqual(before.fit.warnings);
});

test('a line whose recipe is no text is no reply, whoever wrote it', async () => {
  const folder = runFolder();
  const before = await readComparedRun(folder, () => undefined);
  appendFileSync(join(folder, runFiles.replies), `${JSON.stringify({ ...before.replies[0], recipe: 7 })}\n`);
  expect((await readComparedRun(folder, () => undefined)).replies).toEqual(before.replies);
});

test('a line that is no reply is told: what is said of the run is said without it', async () => {
  const folder = runFolder();
  const file = join(folder, runFiles.replies);
  const lines = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, [lines[0], lines[1]!.slice(5), ...lines.slice(2)].join('\n'));
  const problems: unknown[] = [];
  const { replies } = await readComparedRun(folder, (problem) => problems.push(problem));
  expect(problems).toMatchObject([{ severity: 'warning', file, line: 2 }]);
  expect(replies).toHaveLength(lines.length - 2);
});

test('a reply whose scores are beyond the model’s numbers, which JSON writes as null, is a reply', async () => {
  const folder = runFolder();
  const file = join(folder, runFiles.replies);
  const [first, ...rest] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const beyond = { ...(JSON.parse(first!) as object), scores: [0.5, null, NaN], activationNorms: [1, Infinity, 2] };
  writeFileSync(file, [JSON.stringify(beyond), ...rest, ''].join('\n'));
  const problems: unknown[] = [];
  const { replies } = await readComparedRun(folder, (problem) => problems.push(problem));
  expect(problems).toEqual([]);
  expect(replies[0]).toMatchObject({ scores: [0.5, NaN, NaN], activationNorms: [1, NaN, 2] });
});

test('a comparison that was not finished is told of at its own strength, not at that of the summary before', async () => {
  const software = { alphasteer: '1', onnxruntime: '1', node: '1', platform: 'p', threads: 1, processors: 1 };
  const compared = { at: '2026-01-02T03:04:05Z', strength: 2, maxNewTokens: 64, floor: { n: 1, perKind: 1 }, software };
  const folder = runFolder(undefined, [], { compared });
  writeFileSync(join(folder, runFiles.summary), JSON.stringify({ strength: 4 }));
  expect((await readComparedRun(folder, () => undefined)).fit.strength).toBe(2);
});

test('compared twice and judged a second time both times: the editor’s page counts the replies that the report counts', async () => {
  const { replies } = goldenRun();
  const earlier = replies.map((one): Reply => ({ ...one, recipe: 'aaaa+x', reply: `${one.reply} (longer)` }));
  const ten = new Set(replies.flatMap(({ id, condition }) => (condition === 'steered' ? [id] : [])).slice(0, 10));
  const now = replies
    .filter(({ id, condition }) => ten.has(id) && ['base', 'steered'].includes(condition))
    .map((one): Reply => ({ ...one, recipe: 'bbbb+y' }));
  const folder = runFolder([...earlier, ...now]);
  const verdicts = [...earlier, ...now].map(({ id, reply, verdict }) => ({
    judge: 'm',
    id,
    reply,
    verdict,
    answer: '',
  }));
  writeFileSync(join(folder, runFiles.secondVerdicts), verdicts.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const report = await readComparedRun(folder, () => undefined);
  const record = await readRunRecord(folder, () => undefined);
  const page = viewOf({ ...structuredClone(record), folder, title: 'r', canOverrule: true });
  expect(page.second).toEqual(report.second);
  expect(page.second?.asked).toBe(new Set(now.map(({ id, reply }) => `${id} ${reply}`)).size);
  expect(page.summary).toEqual(report.summary);
});
