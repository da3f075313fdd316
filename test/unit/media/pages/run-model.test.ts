import { describe, expect, it } from 'vitest';
import { viewOf, withMessage } from '../../../../media/pages/run-model.ts';
import { summarise } from '../../../../src/core/evaluation/summarise.ts';
import type { RunState } from '../../../../src/rpc/webview-report.ts';
import { goldenRun } from '../../core/report/golden-run.ts';

const { replies, fit } = goldenRun();
const run: RunState = {
  folder: '/r',
  title: 'r',
  name: 'r',
  fit,
  manifest: { created: '2026-01-02T03:04:05.006Z' },
  marginWarnings: [],
  replies,
  overrides: [],
  secondVerdicts: [],
  canOverrule: true,
};

describe('withMessage', () => {
  it('knows no run before the first', () => {
    expect(withMessage(undefined, { type: 'replies', replies })).toBeUndefined();
    expect(withMessage(undefined, { type: 'run', run })).toBe(run);
  });

  it('comes to the same by pieces as at once', () => {
    const begun = { ...run, replies: replies.slice(0, 7) };
    expect(withMessage(begun, { type: 'replies', replies: replies.slice(7) })).toEqual(run);
  });

  it('keeps what it knew when the run can no longer be read', () => {
    expect(withMessage(run, { type: 'problem', message: 'gone' })).toBe(run);
  });
});

describe('viewOf', () => {
  it('has the numbers of summary.json', () => {
    expect(viewOf(run).summary).toEqual(summarise(replies, fit));
  });

  it('counts a person’s verdict in the numbers, the rows and the review', () => {
    const judged = replies.find(({ condition, verdict }) => condition === 'steered' && verdict === 'complied')!;
    const { id, condition, strength, reply } = judged;
    const overrides = [{ id, condition, strength, reply, verdict: 'refused' as const }];
    const view = viewOf({ ...run, overrides });
    expect(view.rows.find((row) => row.id === id)?.steered).toMatchObject({ verdict: 'refused', rules: 'complied' });
    expect(view.summary.review).toMatchObject({ reviewed: 1, agreed: 0 });
    expect(view.summary).not.toEqual(viewOf(run).summary);
  });

  it('sets a second judge against what counts: the rules, and people where they gave a verdict', () => {
    expect(viewOf(run).second).toBeNull();
    const steered = replies.find(({ condition, verdict }) => condition === 'steered' && verdict === 'complied')!;
    const { id, condition, strength, reply } = steered;
    const secondVerdicts = [{ judge: 'm', id, reply, verdict: 'refused' as const, answer: 'refused' }];
    const view = viewOf({ ...run, secondVerdicts });
    expect(view.second?.confusion.complied.refused).toBe(1);
    const refusals = ({ second }: typeof view, by: 'rules' | 'second') =>
      second!.checks.map((check) => check[by].value).filter((value) => value === 1).length;
    expect(refusals(view, 'rules')).toBeLessThan(refusals(view, 'second'));
    const overrides = [{ id, condition, strength, reply, verdict: 'refused' as const }];
    const overruled = viewOf({ ...run, secondVerdicts, overrides });
    expect(refusals(overruled, 'rules')).toBe(refusals(overruled, 'second'));
  });
});
