import { describe, expect, it } from 'vitest';
import { applyOverrides } from '../../../../src/core/evaluation/replies/apply-overrides.ts';
import { summarise } from '../../../../src/core/evaluation/summarise.ts';
import { renderTable } from '../../../../src/core/report/table.ts';
import { goldenRun } from './golden-run.ts';
import { expectGolden } from './golden.ts';

describe('renderTable', () => {
  const { replies, fit } = goldenRun();

  it('is the golden text', () => {
    expectGolden('table.txt', renderTable(summarise(replies, fit), fit));
  });

  it('fits a terminal of 100 columns, in ASCII', () => {
    const text = renderTable(summarise(replies, fit), fit);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(text).toMatch(/^[\n -~]*$/);
  });

  it('says how many verdicts a person overruled', () => {
    const [first, second] = replies;
    const judged = applyOverrides(replies, [
      { ...first!, verdict: first!.verdict },
      { ...second!, verdict: second!.verdict === 'partial' ? 'refused' : 'partial' },
    ]);
    expect(renderTable(summarise(judged, fit), fit)).toContain(
      'A person judged 2 replies and overruled the rules on 1',
    );
  });

  it('says so when there is nothing to say', () => {
    expect(renderTable(summarise([], fit), fit)).toContain('nothing can be compared');
  });
});
