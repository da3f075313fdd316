import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HumanError } from '../../../../src/core/problem.ts';
import { judgedRun } from '../../../../src/core/evaluation/judged-run.ts';
import { promptFile, readRun as read } from '../../../../src/vscode/reports/read-run.ts';
import { hashOfMargins } from '../../../../src/workspace/runs/fixed-margins.ts';
import { fakeRun } from '../../core/report/fake-run.ts';

const { fit } = fakeRun();
let workspace: string;
let run: string;

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'alphasteer-read-run-'));
  run = join(workspace, '.alphasteer', 'runs', '20260102-030405-abcdef01');
  await mkdir(run, { recursive: true });
  const manifest = { format: 'alphasteer-run/1', key: 'k', state: 'fitted', created: '2026-01-02T03:04:05.006Z' };
  await writeFile(
    join(run, 'manifest.json'),
    JSON.stringify({ ...manifest, heldOutGoals: [], marginsHash: hashOfMargins(fit.margins) }),
  );
  await writeFile(join(run, 'fit.json'), JSON.stringify(fit));
});
const readRun = () => read(run, () => undefined);
/** What a page says of the run. */
const said = async () => judgedRun({ ...(await readRun()), replies: [] });
afterEach(() => rm(workspace, { recursive: true }));

it('reads a run that was not compared yet, at the strength of its fit', async () => {
  expect((await readRun()).title).toContain('2026');
  const { fit: told, facts } = await said();
  expect(told).toEqual(fit);
  expect(facts).toContainEqual(['Run', '20260102-030405-abcdef01']);
  expect(facts).toContainEqual(['Fitted', '2026-01-02 03:04 UTC']);
});

it('goes by the name that the run was given', async () => {
  const file = join(run, 'manifest.json');
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), name: 'wider layers' }));
  expect(await readRun()).toMatchObject({ name: 'wider layers', title: 'wider layers' });
});

it('speaks of the strength that was compared', async () => {
  await writeFile(join(run, 'summary.json'), JSON.stringify({ format: 'alphasteer-summary/1', strength: 0.7 }));
  expect((await said()).fit.strength).toBe(0.7);
});

it('tells the errors of the rules that judged, which need not be those of the fit, and what a second judge said', async () => {
  const before = await readRun();
  expect(before.judge).toBeUndefined();
  expect(before.secondVerdicts).toEqual([]);
  const judge = {
    version: 9,
    sha256: 'abcdef',
    measure: { ...fit.judge, refused: { truePositive: 1, falseNegative: 1 } },
  };
  await writeFile(join(run, 'judge.json'), JSON.stringify(judge));
  const second = { judge: 'm', id: 'a', reply: 'No.', verdict: 'refused', answer: 'refused' };
  await writeFile(join(run, 'second-verdicts.jsonl'), `${JSON.stringify(second)}\n`);
  const after = await readRun();
  expect(after.judge).toEqual(judge);
  expect((await said()).fit).toEqual({ ...fit, judge: judge.measure });
  expect(after.secondVerdicts).toEqual([second]);
});

it('warns first of margins that were changed after the fit, in alphasteer.json and in the run itself', async () => {
  const evaluate = { margins: { ...fit.margins, seenRefused: 0.01 } };
  const config = {
    model: 'model',
    prompts: { fit: [{ files: 'f.jsonl' }], evaluate: [{ files: 'e.jsonl' }] },
    evaluate,
  };
  await writeFile(join(workspace, 'alphasteer.json'), JSON.stringify(config));
  const [eased, ...others] = (await said()).fit.warnings;
  expect(eased).toContain(`seenRefused from ${fit.margins.seenRefused} to 0.01`);
  expect(others).toEqual(fit.warnings);

  await writeFile(join(run, 'fit.json'), JSON.stringify({ ...fit, margins: evaluate.margins }));
  expect((await said()).fit.warnings[0]).toContain('not those that the fit fixed');
});

it('says plainly that a fit is not finished', async () => {
  await rm(join(run, 'fit.json'));
  await expect(readRun()).rejects.toThrow(HumanError);
});

it('finds a prompt file where its workspace is', () => {
  expect(promptFile(run, 'prompts/benign.jsonl')).toBe(join(workspace, 'prompts/benign.jsonl'));
});
