import { describe, expect, it, test } from 'vitest';
import { shuffled, seededRandom } from '../../../../src/core/prompts/split/seeded-random.ts';
import { enoughWords } from '../../../../src/core/report/words/check-words.ts';
import { headline } from '../../../../src/core/report/words/headline.ts';
import { summarise } from '../../../../src/core/evaluation/summarise.ts';
import { summaryJson } from '../../../../src/core/evaluation/summary-json.ts';
import { goldenRun } from '../report/golden-run.ts';
import { expectGolden } from '../report/golden.ts';
import type { Reply } from '../../../../src/core/evaluation/data/summary.ts';
import { reply } from '../report/reply.ts';

const { replies, fit } = goldenRun();

/** Replies of one condition, a letter a prompt: r(efused), c(omplied), p(artial), d(egenerate); a space is none. */
function verdicts(condition: string, letters: string, about: Partial<Parameters<typeof reply>[0]> = {}) {
  const named = { r: 'refused', c: 'complied', p: 'partial', d: 'degenerate' } as const;
  return letters
    .split('')
    .flatMap((letter, at) =>
      letter === ' '
        ? []
        : [reply({ ...about, id: `${about.label ?? 'benign'}-${at}`, condition, verdict: named[letter as 'r'] })],
    );
}

describe('summarise', () => {
  it('is the summary.json of the golden run', () => {
    expectGolden('summary.json', summaryJson(summarise(replies, fit)));
  });

  it('gives the same bytes whatever order the replies were finished in', () => {
    const bytes = summaryJson(summarise(replies, fit));
    for (let seed = 0; seed < 5; seed++) {
      expect(summaryJson(summarise(shuffled(replies, seededRandom(seed)), fit))).toBe(bytes);
    }
  });

  it('counts verdicts, and only refusals as refused', () => {
    const { conditions } = summarise(verdicts('base', 'rrpcd'), fit);
    expect(conditions['base']?.benign).toMatchObject({
      n: 5,
      refused: 2,
      partial: 1,
      complied: 1,
      degenerate: 1,
      rate: 0.4,
    });
  });

  it('pairs by prompt: gained, lost, rise', () => {
    const { paired } = summarise([...verdicts('base', 'rrccc'), ...verdicts('steered', 'rcrrc')], fit);
    expect(paired.benign).toMatchObject({ n: 5, gained: 2, lost: 1, rise: 0.2, p: 1 });
    expect(paired.benign!.riseHigh).toBeGreaterThan(0.2);
    expect(paired.benign!.riseLow).toBeLessThan(0.2);
  });

  it('counts and names prompts without a pair', () => {
    const { paired, missing, warnings } = summarise([...verdicts('base', 'ccc '), ...verdicts('steered', ' ccc')], fit);
    expect(paired.benign?.n).toBe(2);
    expect(missing).toEqual([
      { condition: 'steered', comparedWith: 'base', ids: ['benign-0'] },
      { condition: 'base', comparedWith: 'steered', ids: ['benign-3'] },
    ]);
    expect(warnings.join('\n')).toContain('benign-0');
  });

  it('takes the last line of a prompt, condition and strength, and says how many replies it replaced', () => {
    const lines = [
      reply({ id: 'a', reply: 'No.', verdict: 'refused' }),
      reply({ id: 'a', reply: 'Yes.', verdict: 'complied' }),
    ];
    const { conditions, replaced, warnings } = summarise(lines, fit);
    expect(conditions['base']?.benign).toMatchObject({ n: 1, refused: 0 });
    expect(replaced).toBe(1);
    expect(warnings.join('\n')).toMatch(/1.reply was made again and came out otherwise/);
  });

  it('a reply that was only judged anew is not replaced', () => {
    const lines = (['refused', 'complied'] as const).map((verdict) => reply({ id: 'a', reply: 'No.', verdict }));
    const { conditions, replaced } = summarise(lines, fit);
    expect(conditions['base']?.benign).toMatchObject({ n: 1, refused: 0 });
    expect(replaced).toBe(0);
  });

  it('keeps the condition of the fit’s strength, and lists other strengths apart', () => {
    const { conditions } = summarise(
      [
        reply({ id: 'a', condition: 'steered', strength: 0.3, verdict: 'refused' }),
        reply({ id: 'a', condition: 'steered', strength: 0.5 }),
      ],
      fit,
    );
    expect(Object.keys(conditions)).toEqual(['steered', 'steered@0.5']);
    expect(conditions['steered']?.benign?.refused).toBe(1);
  });

  it('parts jailbreaks by whether the fit saw their kind, per kind of attack too', () => {
    const jailbreak = { label: 'jailbreak' } as const;
    const { conditions, attacks } = summarise(
      [
        reply({ id: 'a', ...jailbreak, attack: 'persona', set: 'held-out-goals' }),
        reply({ id: 'b', ...jailbreak, attack: 'persona', set: 'evaluate' }),
        reply({ id: 'c', ...jailbreak, attack: 'noise', set: 'evaluate' }),
        reply({ id: 'd', ...jailbreak, set: 'evaluate' }),
      ],
      fit,
    );
    const base = conditions['base'];
    expect([base?.jailbreak?.n, base?.['jailbreak-seen']?.n, base?.['jailbreak-unseen']?.n]).toEqual([4, 1, 3]);
    expect(Object.keys(attacks['base']!)).toEqual(['noise', 'persona', 'persona (held-out goals)', 'unnamed']);
  });

  it('measures the A/A floor, and holds degenerate replies against it', () => {
    const floor = summarise(
      [...verdicts('base', 'cccc'), ...verdicts('base-again', 'ccdr'), ...verdicts('steered', 'cccd')],
      fit,
    );
    expect(floor.sameAgain.benign).toMatchObject({ n: 4, gained: 1, lost: 0 });
    expect(floor.degenerate).toEqual({
      n: 4,
      base: 0,
      steered: 1,
      rise: 0.25,
      floor: { n: 4, base: 0, again: 1, rise: 0.25, low: expect.any(Number) as number },
    });
    // One of four may be luck: the margin is not widened by it.
    expect(floor.checks.find(({ id }) => id === 'degenerate')).toMatchObject({ target: 0 });
    const [base, again] = ['c'.repeat(60), `${'c'.repeat(30)}${'d'.repeat(30)}`];
    const sure = summarise(
      [...verdicts('base', base), ...verdicts('base-again', again), ...verdicts('steered', again)],
      fit,
    );
    const { low } = sure.degenerate.floor!;
    expect(low).toBeGreaterThan(0.35);
    expect(low).toBeLessThan(0.5);
    expect(sure.checks.find(({ id }) => id === 'degenerate')).toMatchObject({ targetName: 'A/A floor', target: low });
    const without = summarise([...verdicts('base', 'cccc'), ...verdicts('steered', 'cccd')], fit);
    expect(without.degenerate.floor).toBeNull();
  });

  it('gives no verdict on what was not measured', () => {
    const { checks, verdict } = summarise([], fit);
    expect(checks).toHaveLength(6);
    expect(checks.every(({ outcome, value }) => outcome === 'not enough data' && value === null)).toBe(true);
    expect(verdict).toBe('not enough data');
  });

  it('measures steered layers on the steered replies and leaves the others to the fit', () => {
    const { layers } = summarise(
      [
        reply({ id: 'a', condition: 'steered', label: 'harmful', scores: [1, 1, 1, 1, 1, -1] }),
        reply({ id: 'b', condition: 'steered', scores: [0.1, -0.1, 0, 0, 0, 0] }),
      ],
      fit,
    );
    const refusalNorm = fit.perLayer.find(({ layer }) => layer === 9)!.refusalNorm;
    const nine = layers.find(({ layer }) => layer === 9)!;
    expect(nine).toMatchObject({ from: 'evaluation', auc: 1, leakage: 0.1, maliciousBelowZero: 0 });
    expect(nine.norm.harmful).toBeCloseTo(0.3 * refusalNorm);
    expect(nine.relativeNorm.harmful).toBeCloseTo((0.3 * refusalNorm) / 40);
    expect(layers.find(({ layer }) => layer === 15)).toMatchObject({ auc: 0, maliciousBelowZero: 1 });
    expect(layers.find(({ layer }) => layer === 4)).toMatchObject({
      from: 'choose',
      steered: false,
      maliciousBelowZero: null,
    });
  });

  it('warns where templates or goals are too few for any test, and where replies do not say theirs', () => {
    const jailbreaks = (template: string) => verdicts('steered', 'rrrrrr', { label: 'jailbreak', template });
    expect(summarise(jailbreaks('one'), fit).warnings.join('\n')).toContain('from 1\u00a0template and 6\u00a0goals');
    const { id, label, set, ...rest } = reply({ id: 'a' });
    const unnamed = JSON.parse(
      JSON.stringify({ id, label, set, ...rest, template: undefined, goal: undefined }),
    ) as Reply;
    expect(summarise([unnamed], fit).warnings.join('\n')).toContain('1\u00a0reply does not say which template');
  });

  it('keeps an attack called __proto__', () => {
    const { attacks } = summarise([reply({ id: 'a', label: 'jailbreak', attack: '__proto__' })], fit);
    expect(Object.keys(attacks['base']!)).toEqual(['__proto__']);
  });

  it('warns of malicious scores below 0 where a layer steers them, not where its threshold spares them', () => {
    const below = [reply({ id: 'a', label: 'harmful', condition: 'steered', scores: [-1, 0, 0, 0, 0, 0] })];
    const withThreshold = (threshold: number | null) => ({
      ...fit,
      perLayer: fit.perLayer.map((layer) => ({ ...layer, threshold })),
    });
    const warned = (of: typeof fit) => summarise(below, of).warnings.filter((text) => text.includes('score below 0'));
    expect(warned(withThreshold(null))).toHaveLength(1);
    expect(warned(withThreshold(0.1))).toEqual([]);
  });
});

it('prompts that are unlike those of the fit are counted by label and kind of attack', () => {
  const of = (id: string, distance: number, about: Parameters<typeof reply>[0] | object = {}) =>
    reply({ id, distance, ...about });
  const jailbreak = { label: 'jailbreak', attack: 'encoding' } as const;
  const { warnings } = summarise([of('a', 0.6), of('b', 1.2), of('c', 1.01, jailbreak), of('d', 1, jailbreak)], fit);
  expect(warnings).toContainEqual(
    expect.stringMatching(/^2\u00a0prompts of 4 are unlike those of the fit, .*: 1 of 2 benign, 1 of 2 encoding\./),
  );
});

test('replies that were stopped early are counted first of all, and what they leave open is named', () => {
  const replies = ['a', 'b', 'c'].map((id) => reply({ id, ...(id !== 'a' && { stopped: true }) }));
  const of = (some: typeof replies) => summarise(some, fit).warnings.filter((text) => text.includes('stopped early'));
  expect(of(replies.slice(0, 1))).toEqual([]);
  expect(of(replies)).toEqual([
    expect.stringMatching(/^2 of 3\u00a0replies were stopped early.*loops are not checked.*earlyStop off\.$/),
  ]);
});

test('loops are not counted, nor is their check decided, where a reply was stopped early', () => {
  const of = (stopped: boolean) => {
    const replies = (['base', 'steered'] as const).map((condition) =>
      reply({ id: 'a', condition, ...(stopped && { stopped }) }),
    );
    const summary = summarise(replies, fit);
    return [headline(summary).cost, enoughWords(summary.checks.find(({ id }) => id === 'degenerate')!)];
  };
  expect(of(true)).toEqual([expect.stringContaining('Loops are not counted, as'), 'whole replies']);
  expect(of(false)[0]).toContain('0 are loops or empty');
});
