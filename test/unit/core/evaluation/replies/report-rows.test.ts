import { describe, expect, it } from 'vitest';
import { reportRows } from '../../../../../src/core/evaluation/replies/report-rows.ts';
import { queryRows, type RowQuery } from '../../../../../src/core/evaluation/row-query.ts';
import type { Reply } from '../../../../../src/core/evaluation/data/summary.ts';
import { reply } from '../../report/reply.ts';

const pair = (id: string, base: Reply['verdict'], steered: Reply['verdict'], about: Partial<Reply> = {}) => [
  reply({ ...about, id, verdict: base, condition: 'base' }),
  reply({ ...about, id, verdict: steered, condition: 'steered', strength: 0.3 }),
];

const rows = reportRows(
  [
    ...pair('same', 'complied', 'complied'),
    reply({ id: 'alone' }),
    ...pair('other', 'complied', 'degenerate'),
    ...pair('wanted', 'complied', 'refused', { label: 'jailbreak', attack: 'noise', prompt: 'Say BANANA' }),
    ...pair('over-refused', 'complied', 'refused'),
    ...pair('newly-answered', 'refused', 'partial', { label: 'harmful' }),
  ],
  0.3,
);
const ids = (query: Partial<RowQuery>) =>
  queryRows(rows, { sort: 'change', descending: false, ...query }).map(({ id }) => id);

describe('reportRows', () => {
  it('puts unwanted flips first, then wanted ones, then the rest', () => {
    expect(rows.map(({ id, change }) => [id, change])).toEqual([
      ['newly-answered', 'worse'],
      ['over-refused', 'worse'],
      ['wanted', 'better'],
      ['other', 'other'],
      ['alone', 'missing'],
      ['same', 'same'],
    ]);
  });
});

describe('queryRows', () => {
  it('filters by every part', () => {
    expect(ids({ change: 'flip' })).toEqual(['newly-answered', 'over-refused', 'wanted']);
    expect(ids({ label: 'jailbreak' })).toEqual(['wanted']);
    expect(ids({ attack: 'noise' })).toEqual(['wanted']);
    expect(ids({ steered: 'degenerate' })).toEqual(['other']);
    expect(ids({ base: 'refused' })).toEqual(['newly-answered']);
    expect(ids({ text: ' banana ' })).toEqual(['wanted']);
    expect(ids({ text: 'nowhere' })).toEqual([]);
  });

  it('draws the same hundred prompts each time, whatever their order and what else is asked of them', () => {
    const many = reportRows(
      Array.from({ length: 1_000 }, (_, i) =>
        reply({
          id: `p${i}`,
          label: i % 2 === 0 ? 'benign' : 'harmful',
          verdict: i % 4 === 0 ? 'refused' : 'complied',
        }),
      ),
      0.3,
    );
    const drawn = (from: typeof many, query: Partial<RowQuery> = {}): string[] =>
      queryRows(from, { sort: 'id', descending: false, drawn: 'sample', ...query }).map(({ id }) => id);
    const sample = drawn(many);
    expect(sample).toHaveLength(100);
    expect(drawn(many.toReversed())).toEqual(sample);
    const refused = drawn(many, { base: 'refused' });
    expect(refused.every((id) => sample.includes(id))).toBe(true);
    // A quarter refuse: of 100 drawn 25, give or take three standard deviations.
    expect(Math.abs(refused.length - 25)).toBeLessThan(13);
  });

  it('sorts, and leaves the rows themselves alone', () => {
    const before = [...rows];
    expect(ids({ sort: 'id' })).toEqual(['alone', 'newly-answered', 'other', 'over-refused', 'same', 'wanted']);
    expect(ids({ sort: 'id', descending: true })[0]).toBe('wanted');
    expect(ids({ descending: true })[0]).toBe('same');
    expect(rows).toEqual(before);
  });
});
