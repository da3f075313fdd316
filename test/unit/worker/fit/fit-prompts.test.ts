import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verdicts } from '../../../../src/core/judge/verdict.ts';
import { labels, type Prompt } from '../../../../src/core/prompts/prompt.ts';
import { splitPrompts } from '../../../../src/core/prompts/split/split.ts';
import { folds, FitPrompts, goalParts, placesInFit } from '../../../../src/worker/fit/fit-prompts.ts';
import { tokensHash } from '../../../../src/worker/model/model.ts';

const few = (n: number): fc.Arbitrary<number | undefined> => fc.option(fc.nat(n - 1), { nil: undefined });
const name = fc.constantFrom(undefined, '', 'a', 'b');

const row = fc.record({
  ids: fc.array(fc.nat(200_000), { maxLength: 12 }),
  label: fc.constantFrom(...labels),
  attack: name,
  file: fc.constantFrom('a.jsonl', 'b.jsonl'),
  line: fc.integer({ min: 1, max: 1_000_000 }),
  place: fc.record({ template: name, fold: few(folds), goalPart: few(goalParts), group: fc.nat() }),
  verdict: fc.constantFrom(undefined, ...verdicts),
});

test('the columns give back each prompt as it was put in, but for its text', () => {
  fc.assert(
    fc.property(fc.array(row), fc.nat(3), (rows, leftOut) => {
      const encoded = rows.map(({ ids, label, attack, file, line }, i) => {
        const prompt: Prompt = { id: String(i), text: 'x', label, file, line, column: 1 };
        return { ids, hash: tokensHash(ids), prompt: attack === undefined ? prompt : { ...prompt, attack } };
      });
      const prompts = new FitPrompts(encoded, rows.length + leftOut, ({ id }) => rows[Number(id)]!.place);
      expect(prompts.length).toBe(rows.length);
      expect(Array.from(prompts, ({ verdict }) => verdict)).toEqual(rows.map(() => undefined));
      const verdictOf = new Map(rows.map(({ ids, verdict }) => [tokensHash(ids), verdict]));
      prompts.setVerdicts((hash) => verdictOf.get(hash));
      const read = Array.from(
        prompts,
        ({ ids, hash, label, attack, file, line, template, fold, goalPart, group, verdict }) => ({
          ...{ ids: [...ids], hash, label, attack, file, line, verdict },
          place: { template, fold, goalPart, group },
        }),
      );
      expect(read).toEqual(
        rows.map((one) => ({ ...one, hash: tokensHash(one.ids), verdict: verdictOf.get(tokensHash(one.ids)) })),
      );
    }),
  );
});

test('only what is fitted on has a fold or a part of the goals; what is never parted has one group', () => {
  const prompt = (label: Prompt['label'], i: number): Prompt => ({
    ...{ id: `${label} ${i}`, text: `${label} text number ${i} of its own`, label, goal: `goal ${i % 20}` },
    ...{ file: 'a.jsonl', line: i + 1, column: 1 },
  });
  const all = labels.flatMap((label) => Array.from({ length: 40 }, (_, i) => prompt(label, i)));
  const split = splitPrompts(all, [], { seed: 1, holdOutGoals: 0.2, chooseFraction: 0.3 });
  const placeOf = placesInFit(split);
  for (const { label, fold, goalPart } of split.fit.map((one) => ({ ...one, ...placeOf(one) }))) {
    if (label !== 'harmful') expect(fold).toBeGreaterThanOrEqual(0);
    expect(goalPart === undefined).toBe(label === 'benign' || label === 'borderline');
  }
  for (const one of split.choose) expect(placeOf(one)).toMatchObject({ fold: undefined, goalPart: undefined });
  for (const a of split.fit)
    for (const b of split.fit)
      expect(placeOf(a).group === placeOf(b).group).toBe(split.groupOf(a) === split.groupOf(b));
});
