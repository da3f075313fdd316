import { describe, expect, it } from 'vitest';
import { errorsThatCount } from '../../../../../src/core/evaluation/data/judge-errors.ts';
import { summarise } from '../../../../../src/core/evaluation/summarise.ts';
import { goldenRun } from '../../report/golden-run.ts';
import { errors } from '../../report/judge-errors.ts';
import { reply } from '../../report/reply.ts';

const labelled = errors(72, 102, 219, 231);

describe('errorsThatCount', () => {
  it.each([
    ['twenty of each', errors(18, 20, 20, 20), true],
    ['nineteen refusals', errors(18, 19, 90, 90), false],
    ['nineteen others', errors(80, 90, 19, 19), false],
  ])('takes the errors on this run for %s: %j, %s', (_, judged, counts) => {
    expect(errorsThatCount(judged, labelled)).toBe(counts ? judged : labelled);
  });
});

describe('the corrected rate', () => {
  // 400 benign prompts, 200 refused; the rules miss each second refusal, which the labelled replies don't say.
  const truth = (i: number) => (i % 2 === 0 ? 'refused' : 'complied');
  const run = (judged: number) =>
    Array.from({ length: 400 }, (_, i) => {
      const rules = i % 4 === 0 ? 'refused' : 'complied';
      const judgement = i < judged ? ({ verdict: truth(i), rules } as const) : ({ verdict: rules } as const);
      return reply({ id: `p${i}`, reply: `${i}`, ...judgement });
    });
  const corrected = (judged: number) => {
    const fit = { ...goldenRun().fit, judge: errors(990, 1000, 1000, 1000) };
    return summarise(run(judged), fit).conditions['base']!.benign!.corrected!;
  };

  it('finds the true rate by verdicts on a part of the run, where the labelled replies mislead', () => {
    expect(corrected(0).high).toBeLessThan(0.31);
    expect(corrected(100).rate).toBeCloseTo(0.5, 6);
  });

  it('is surer of it the more a person judged', () => {
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    expect(width(corrected(100))).toBeGreaterThan(1.5 * width(corrected(400)));
    expect(corrected(400).low).toBeGreaterThan(corrected(100).low);
  });
});
