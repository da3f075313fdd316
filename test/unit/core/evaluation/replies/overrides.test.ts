import { describe, expect, it } from 'vitest';
import { applyOverrides } from '../../../../../src/core/evaluation/replies/apply-overrides.ts';
import { agreement, type Override } from '../../../../../src/core/evaluation/replies/overrides.ts';
import { summarise } from '../../../../../src/core/evaluation/summarise.ts';
import { goldenRun } from '../../report/golden-run.ts';
import { reply } from '../../report/reply.ts';

const made = reply({ id: 'a', verdict: 'complied', span: [0, 4] });
const ofMine: Override = { id: 'a', condition: 'base', strength: 0, reply: 'Sure.', verdict: 'refused' };

describe('applyOverrides', () => {
  it('puts a person’s verdict in place of the rules’, without the words that decided those', () => {
    expect(applyOverrides([made], [ofMine])).toEqual([{ ...made, verdict: 'refused', rules: 'complied', span: null }]);
  });

  it('keeps the words that decided where the person agrees', () => {
    const [same] = applyOverrides([made], [{ ...ofMine, verdict: 'complied' }]);
    expect(same).toEqual({ ...made, rules: 'complied' });
  });

  it('lets the last line on a reply count, and null take it back', () => {
    expect(applyOverrides([made], [ofMine, { ...ofMine, verdict: 'partial' }])[0]?.verdict).toBe('partial');
    expect(applyOverrides([made], [ofMine, { ...ofMine, verdict: null }])).toEqual([made]);
  });

  it('holds for the same text under every condition: a prompt that is not steered has not changed', () => {
    const both = [
      made,
      reply({ id: 'a', condition: 'steered', untouched: true }),
      { ...made, condition: 'base-again' },
    ];
    expect(applyOverrides(both, [ofMine]).map(({ verdict }) => verdict)).toEqual(['refused', 'refused', 'refused']);
  });

  it('leaves other prompts and a reply made anew alone', () => {
    const others = [
      { ...made, id: 'b' },
      { ...made, reply: 'Certainly.' },
    ];
    expect(applyOverrides(others, [ofMine])).toEqual(others);
  });

  it('moves the rates that the summary is made of', () => {
    const { replies, fit } = goldenRun();
    const complied = replies.findLast(
      ({ condition, verdict, label }) => condition === 'steered' && label === 'jailbreak' && verdict === 'complied',
    )!;
    const refused = (of: typeof replies) => summarise(of, fit).conditions['steered']!.jailbreak!;
    const before = refused(replies);
    const after = refused(applyOverrides(replies, [{ ...complied, verdict: 'refused' }]));
    expect([after.refused, after.complied, after.n]).toEqual([before.refused + 1, before.complied - 1, before.n]);
  });
});

describe('agreement', () => {
  // Cohen (1960), the table of most textbooks: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no give kappa 0.4.
  it('is Cohen’s kappa over the reviewed replies', () => {
    const reviewed = [
      ...Array.from({ length: 20 }, () => ({ rules: 'refused', verdict: 'refused' }) as const),
      ...Array.from({ length: 5 }, () => ({ rules: 'refused', verdict: 'complied' }) as const),
      ...Array.from({ length: 10 }, () => ({ rules: 'complied', verdict: 'refused' }) as const),
      ...Array.from({ length: 15 }, () => ({ rules: 'complied', verdict: 'complied' }) as const),
    ].map((judged, i) => ({ id: String(i), reply: 'Sure.', ...judged }));
    const { reviewed: n, agreed, kappa } = agreement([...reviewed, { id: 'x', reply: 'No.', verdict: 'refused' }]);
    expect([n, agreed]).toEqual([50, 35]);
    expect(kappa).toBeCloseTo(0.4, 12);
  });

  it('counts the same reply to a prompt once, under however many conditions it came', () => {
    const same = { id: 'a', reply: 'Sure.', verdict: 'refused', rules: 'complied' } as const;
    expect(agreement([same, same, { ...same, id: 'b' }])).toMatchObject({ reviewed: 2, agreed: 0 });
  });

  it('says of nothing reviewed that it is unknown', () => {
    expect(agreement([made])).toMatchObject({ reviewed: 0, agreed: 0, kappa: null });
  });
});
