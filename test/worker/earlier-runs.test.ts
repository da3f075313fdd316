import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { exportFormats } from '../../src/core/report/exports/formats.ts';
import type { Summary } from '../../src/core/evaluation/data/summary.ts';
import type { CompareResult, JudgeResult } from '../../src/rpc/worker-api.ts';
import { alphasteer, problemsOf, startAlphasteer } from './alphasteer.ts';
import { startStandInJudge } from './stand-in-judge.ts';
import { readLines } from './tiny-workspace.ts';

// Runs that version 0.1.0 made: test/fixtures/runs/README.md says how. They are taken as a user's, over the command line.

const fixtures = join(import.meta.dirname, '../fixtures/runs');
const names = ['judged', 'compared-twice', 'imported', 'interrupted'] as const;
type Name = (typeof names)[number];

/** What 0.1.0 said of them. */
const said = (name: string): string => readFileSync(join(fixtures, 'said', `${name}.json`), 'utf8');

let root: string;
const run = (name: Name): string => join(root, '.alphasteer', 'runs', name);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'alphasteer-earlier-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  cpSync(join(fixtures, 'workspace'), root, { recursive: true });
  for (const file of ['model.onnx', 'model.onnx.data'])
    cpSync(join(fixtures, '../tiny-models/llama-fp32', file), join(root, 'model', file));
  for (const name of names) cpSync(join(fixtures, name), run(name), { recursive: true });
});

function exported(name: Name, format: string, out = join(root, `${name}.${format}`)): string {
  const ended = alphasteer('export', run(name), '--to', format, '--out', out, '--workspace', root);
  expect([name, format, problemsOf(ended), ended.status]).toEqual([name, format, [], 0]);
  return out;
}

function compare(name: Name, ...options: string[]): CompareResult {
  const ended = alphasteer('compare', root, '--run', name, '--json', ...options);
  expect(problemsOf(ended).filter((line) => line.startsWith('error'))).toEqual([]);
  return JSON.parse(ended.stdout) as CompareResult;
}

/** Of the replies of a run that one condition holds in a summary. */
function count({ conditions }: Summary, condition: string): number {
  return (['benign', 'harmful', 'jailbreak'] as const).reduce(
    (n, label) => n + (conditions[condition]?.[label]?.n ?? 0),
    0,
  );
}

test.each(names)('the figures of the run "%s" are those that were said of it, byte for byte', (name) => {
  expect(readFileSync(exported(name, 'json'), 'utf8')).toBe(said(name));
});

test.each(names)('the run "%s" is exported in every format', (name) => {
  for (const { id } of exportFormats) expect(statSync(exported(name, id)).size).toBeGreaterThan(0);
  const model = exported(name, 'onnx', join(root, 'steered'));
  expect(readdirSync(model, { recursive: true }).join()).toContain('.onnx');
});

test.each(names)('the report of the run "%s" shows its prompts, and the verdicts of people on them', (name) => {
  const page = readFileSync(exported(name, 'html'), 'utf8');
  const [, data] = /<script type="application\/json" id="alphasteer-data">(.*?)<\/script>/s.exec(page)!;
  const { summary, rows } = JSON.parse(data!) as { summary: Summary; rows: unknown[] };
  expect(summary).toEqual(JSON.parse(said(name)));
  expect(rows).toHaveLength(count(summary, 'base'));
  const people = { judged: 3, 'compared-twice': 0, imported: 0, interrupted: 0 };
  expect(summary.review.reviewed).toBe(people[name]);
});

test('two of them are compared with each other, with the numbers that were said', () => {
  const ended = alphasteer('diff', run('judged'), run('compared-twice'), '--workspace', root, '--json');
  expect(problemsOf(ended)).toEqual([]);
  expect(JSON.parse(ended.stdout)).toEqual(JSON.parse(said('judged-compared-twice')));
});

test('a second judge goes on with the verdicts that it gave then, and is counted on the last comparison alone', async () => {
  const judge = await startStandInJudge();
  onTestFinished(judge.close);
  const again = async (name: Name): Promise<JudgeResult> => {
    const file = join(run(name), 'second-verdicts.jsonl');
    // It answers at another port of this machine than it did then.
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/stand-in at [\d.:]+/g, `stand-in at ${judge.host}`));
    const options = ['--workspace', root, '--endpoint', judge.url, '--name', 'stand-in', '--yes', '--json'];
    const ended = await startAlphasteer('judge', run(name), ...options).ended;
    expect(problemsOf(ended)).toEqual([]);
    return JSON.parse(ended.stdout) as JudgeResult;
  };
  const then = (JSON.parse(said('judged-second')) as JudgeResult).second;
  const judged = await again('judged');
  expect(judged).toMatchObject({ made: 0, second: { ...then, judge: `stand-in at ${judge.host}` } });
  expect(judge.asked()).toBe(0);

  const { second, made, reused } = await again('compared-twice');
  expect(made).toBe(judge.asked());
  expect(made).toBeGreaterThan(0);
  expect(second.asked).toBe(made + reused);
  expect(second.asked).toBeLessThan(readLines(join(run('compared-twice'), 'second-verdicts.jsonl')).length);
});

test('the same comparison again makes no reply anew, and leaves the figures that were said', () => {
  const options = {
    judged: ['--controls', 'refusal-vector,random-w'],
    'compared-twice': ['--max-new-tokens', '5', '--limit', '4'],
    imported: [],
  };
  for (const name of ['judged', 'compared-twice', 'imported'] as const) {
    expect(compare(name, ...options[name]).made).toBe(0);
    // Not those of the run's own summary.json: people gave their verdicts after it was written.
    expect(readFileSync(join(run(name), 'summary.json'), 'utf8')).toBe(said(name));
  }
});

test('the run that was compared twice is compared as at first: replies that the second comparison left are taken', () => {
  const { reused, made, summary } = compare('compared-twice');
  expect([reused, made]).toEqual([42, 34]);
  expect(count(summary, 'base')).toBe(28);
});

test('the interrupted comparison goes on where it stopped, to the figures that it would have had', () => {
  const file = join(run('interrupted'), 'replies.jsonl');
  const whole = readFileSync(file, 'utf8').replace(/[^\n]*$/, '');
  const { reused, made, summary, report } = compare('interrupted');
  expect(reused).toBe(whole.trimEnd().split('\n').length);
  expect(made).toBeGreaterThan(0);
  expect(readFileSync(file, 'utf8').startsWith(whole)).toBe(true);
  expect(existsSync(report)).toBe(true);
  // Norms differ in the last digit between processors; what is counted does not.
  const { conditions, paired, checks, verdict } = JSON.parse(said('interrupted-whole')) as Summary;
  expect(summary).toMatchObject({ conditions, paired, checks, verdict });
});
