import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  chooseStrength,
  isAffordable,
  needsReply,
  strengthPoints,
  strengthSample,
  triedPerLabel,
  worthRaising,
  type BenignBudget,
  type Measured,
  type TriedPrompt,
  type TriedReplies,
} from '../../../../src/core/fit/choose-strength.ts';
import { verdicts, type Verdict } from '../../../../src/core/judge/verdict.ts';
import { isMalicious, labels, type Label } from '../../../../src/core/prompts/prompt.ts';

const budget: BenignBudget = { kl: 0.25, overRefusal: 0.02, borderline: 0.05 };
const target = 0.9;

function point(strength: number, jailbreak: number, benign = 0, harmful = jailbreak): Measured {
  return {
    strength,
    refused: { benign, harmful, jailbreak },
    n: { benign: 80, harmful: 80, jailbreak: 80 },
    benignKl: 0,
    degenerate: 0,
  };
}

function chosenOf(points: readonly Measured[], limits = budget, part = target): number | undefined {
  return chooseStrength(points, limits, part).points.find(({ chosen }) => chosen)?.strength;
}

test('the smallest strength that reaches the target within the budget is chosen', () => {
  expect(chosenOf([point(1, 0.5), point(2, 0.92), point(3, 0.99)])).toBe(2);
  expect(chosenOf([point(1, 0.5), point(2, target), point(3, 0.99)])).toBe(2);
});

test('short of the target, a strength is raised only where noticeably more is refused', () => {
  expect(chosenOf([point(1, 0.5), point(2, 0.515), point(3, 0.519)])).toBe(1);
  expect(chosenOf([point(1, 0.5), point(2, 0.6), point(3, 0.61)])).toBe(2);
});

test('of strengths that are equally good the smallest is chosen, harmful and jailbreak prompts counted together', () => {
  expect(chosenOf([point(1, 0.6), point(2, 0.6), point(3, 0.6)])).toBe(1);
  expect(chosenOf([point(1, 0.4, 0, 0.8), point(2, 0.8, 0, 0.4)])).toBe(1);
});

test('with none within the budget the first is taken, and that is said', () => {
  const choice = chooseStrength([point(1, 0.95, 0.5), point(2, 0.99, 0.6)], budget, target);
  expect(choice.withinBudget).toBe(false);
  expect(choice.points.map(({ chosen }) => chosen)).toEqual([true, false]);
});

test('without malicious prompts the smallest strength within the budget is chosen', () => {
  const benignOnly = (strength: number, benign: number): Measured => ({
    ...point(strength, 0, benign),
    refused: { benign },
    n: { benign: 80 },
  });
  expect(chosenOf([benignOnly(1, 0.5), benignOnly(2, 0), benignOnly(3, 0)])).toBe(2);
});

test('without points there is nothing to choose', () => {
  expect(chooseStrength([], budget, target)).toEqual({ points: [], withinBudget: false });
});

const part = fc.integer({ min: 0, max: 80 }).map((k) => k / 80);
const somePoints = fc
  .array(
    fc.record({
      jailbreak: part,
      harmful: part,
      benign: part,
      borderline: part,
      kl: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) =>
    all.map(({ jailbreak, harmful, benign, borderline, kl }, at): Measured => ({
      strength: at + 1,
      refused: { benign: benign / 10, borderline: borderline / 10, harmful, jailbreak },
      n: { benign: 80, borderline: 80, harmful: 80, jailbreak: 80 },
      benignKl: kl,
      degenerate: 0,
    })),
  );
const someBudget = fc.record({ kl: part, overRefusal: part, borderline: part });

test('exactly one point is chosen, and what was measured stays as it was', () => {
  fc.assert(
    fc.property(somePoints, someBudget, part, (points, limits, wanted) => {
      const choice = chooseStrength(points, limits, wanted);
      expect(choice.points.filter(({ chosen }) => chosen)).toHaveLength(1);
      expect(choice.points).toEqual(points.map((one, at) => ({ ...one, chosen: choice.points[at]!.chosen })));
      expect(chooseStrength(points, limits, wanted)).toEqual(choice);
    }),
  );
});

test('the budget is never exceeded where some strength is within it', () => {
  fc.assert(
    fc.property(somePoints, someBudget, part, (points, limits, wanted) => {
      const choice = chooseStrength(points, limits, wanted);
      const chosen = choice.points.find((one) => one.chosen)!;
      expect(choice.withinBudget).toBe(points.some((one) => isAffordable(one, limits)));
      expect(isAffordable(chosen, limits)).toBe(choice.withinBudget);
      if (!choice.withinBudget) expect(chosen.strength).toBe(points[0]!.strength);
    }),
  );
});

test('no smaller strength within the budget would have done, and no other refuses noticeably more', () => {
  const malicious = ({ refused }: Measured): number => (refused.harmful! + refused.jailbreak!) / 2;
  fc.assert(
    fc.property(somePoints, someBudget, part, (points, limits, wanted) => {
      const { points: all, withinBudget } = chooseStrength(points, limits, wanted);
      fc.pre(withinBudget);
      const chosen = all.find((one) => one.chosen)!;
      const within = points.filter((one) => isAffordable(one, limits));
      const smaller = within.filter(({ strength }) => strength < chosen.strength);
      const reaches = (one: Measured): boolean => one.refused.jailbreak! >= wanted;
      expect(smaller.some(reaches)).toBe(false);
      if (reaches(chosen)) return;
      expect(within.some(reaches)).toBe(false);
      const most = Math.max(...within.map(malicious));
      expect(malicious(chosen)).toBeGreaterThanOrEqual(most - worthRaising - 1e-12);
      for (const one of smaller) expect(malicious(one)).toBeLessThan(most - worthRaising + 1e-12);
    }),
  );
});

test('a wider budget or a lower target never leads to a higher strength while the target is reached', () => {
  const reached = (points: readonly Measured[], limits: BenignBudget, wanted: number): number | undefined =>
    chooseStrength(points, limits, wanted).points.find(
      (one) => one.chosen && isAffordable(one, limits) && one.refused.jailbreak! >= wanted,
    )?.strength;
  fc.assert(
    fc.property(somePoints, someBudget, someBudget, part, part, (points, one, other, a, b) => {
      const wider = {
        kl: Math.max(one.kl, other.kl),
        overRefusal: Math.max(one.overRefusal, other.overRefusal),
        borderline: Math.max(one.borderline, other.borderline),
      };
      const strict = reached(points, one, Math.max(a, b));
      if (strict === undefined) return;
      expect(reached(points, wider, Math.max(a, b))).toBeLessThanOrEqual(strict);
      expect(reached(points, one, Math.min(a, b))).toBeLessThanOrEqual(strict);
    }),
  );
});

test('strengths outside the budget have no say where one is within it', () => {
  fc.assert(
    fc.property(somePoints, someBudget, part, (points, limits, wanted) => {
      const within = points.filter((one) => isAffordable(one, limits));
      fc.pre(within.length > 0);
      expect(chosenOf(points, limits, wanted)).toBe(chosenOf(within, limits, wanted));
    }),
  );
});

function prompt(hash: string, label: Label, open = true, base?: Verdict): TriedPrompt {
  return { row: { hash }, label, open, base };
}

/** Replies at strengths 0 and 1; the first token moves not at all. */
function replies(at0: Record<string, Verdict>, at1: Record<string, Verdict>): TriedReplies {
  const flat = new Map(Object.keys(at0).map((hash) => [hash, Float32Array.of(Math.log(0.5), Math.log(0.5))]));
  return {
    verdicts: new Map([
      [0, new Map(Object.entries(at0))],
      [1, new Map(Object.entries(at1))],
    ]),
    firsts: new Map([
      [0, flat],
      [1, flat],
    ]),
  };
}

test('the rise on benign prompts is the part of the open ones that came to be refused, times the part that is open', () => {
  const tried = [prompt('a', 'benign'), prompt('b', 'benign'), prompt('c', 'benign', false)];
  const made = replies({ a: 'complied', b: 'refused' }, { a: 'refused', b: 'refused' });
  expect(strengthPoints(tried, [1], made, { benign: 0.1 })).toEqual([
    { strength: 1, refused: { benign: 0.05 }, n: { benign: 2 }, benignKl: 0, degenerate: 0 },
  ]);
});

test('where no benign prompt is open, all that are open elsewhere count as refused', () => {
  const made = replies({}, {});
  expect(strengthPoints([prompt('a', 'borderline', false)], [1], made, { borderline: 0.03 })[0]).toMatchObject({
    refused: { borderline: 0.03 },
    n: { borderline: 0 },
  });
});

test('a closed malicious prompt keeps the verdict on its unsteered reply', () => {
  const tried = [prompt('a', 'harmful', false, 'refused'), prompt('b', 'harmful', true, 'complied')];
  expect(strengthPoints(tried, [1], replies({}, { b: 'degenerate' }), {})[0]).toMatchObject({
    refused: { harmful: 0.5 },
    n: { harmful: 2 },
    degenerate: 1,
  });
});

test('a label with a prompt that was not asked is left out, and no prompts make points without labels', () => {
  const tried = [prompt('a', 'harmful', true, 'complied'), prompt('b', 'jailbreak', true, 'complied')];
  expect(strengthPoints(tried, [1], replies({}, { a: 'refused' }), {})[0]).toMatchObject({
    refused: { harmful: 1 },
    n: { harmful: 1 },
  });
  const nothing = { refused: {}, n: {}, benignKl: 0, degenerate: 0 };
  expect(strengthPoints([], [1, 2], replies({}, {}), {})).toEqual([
    { strength: 1, ...nothing },
    { strength: 2, ...nothing },
  ]);
});

test('how far the first token of benign prompts moved counts for the part that is open', () => {
  const [p, q] = [
    [0.5, 0.5],
    [0.25, 0.75],
  ].map((shares) => Float32Array.from(shares, Math.log));
  const made: TriedReplies = {
    verdicts: replies({ a: 'complied' }, { a: 'complied' }).verdicts,
    firsts: new Map([
      [0, new Map([['a', p!]])],
      [1, new Map([['a', q!]])],
    ]),
  };
  const [measured] = strengthPoints([prompt('a', 'benign')], [1], made, { benign: 0.1 });
  // scipy.stats.entropy([0.5, 0.5], [0.25, 0.75]) / 10
  expect(measured!.benignKl).toBeCloseTo(0.0143841, 6);
});

const someTried = fc.array(
  fc.record({
    label: fc.constantFrom(...labels),
    open: fc.boolean(),
    base: fc.constantFrom(...verdicts),
    at0: fc.constantFrom(...verdicts),
    at1: fc.constantFrom(...verdicts),
  }),
  { maxLength: 200 },
);
const triedFrom = (all: readonly { label: Label; open: boolean; base: Verdict; at0: Verdict; at1: Verdict }[]) => ({
  tried: all.map(({ label, open, base }, at) => prompt(String(at), label, open, isMalicious(label) ? base : undefined)),
  made: replies(
    Object.fromEntries(all.map(({ at0 }, at) => [at, at0])),
    Object.fromEntries(all.map(({ at1 }, at) => [at, at1])),
  ),
});

test('at most so many prompts of a label are asked, benign ones only if open, in their order and always the same', () => {
  fc.assert(
    fc.property(someTried, (all) => {
      const { tried } = triedFrom(all);
      const sample = strengthSample(tried);
      expect(strengthSample(tried)).toEqual(sample);
      for (const label of labels) {
        const own = sample.filter((one) => one.label === label);
        expect(own.length).toBeLessThanOrEqual(triedPerLabel);
        expect(own).toEqual(tried.filter((one) => own.includes(one)));
      }
      expect(sample.every(({ label, open }) => isMalicious(label) || open)).toBe(true);
      expect(sample.every((one) => one.open || !needsReply(one, 1))).toBe(true);
    }),
  );
});

test('parts are parts, and one more refused reply raises its own label by one prompt and no other', () => {
  fc.assert(
    fc.property(someTried, fc.nat(), (all, which) => {
      const { tried, made } = triedFrom(all);
      const openPart = { benign: 0.1, borderline: 0.2 };
      const [before] = strengthPoints(tried, [1], made, openPart);
      for (const [label, value] of Object.entries(before!.refused))
        expect(Math.abs(value)).toBeLessThanOrEqual(isMalicious(label as Label) ? 1 : openPart[label as 'benign']);
      const raised = strengthSample(tried).filter(
        (one) => one.open && isMalicious(one.label) && made.verdicts.get(1)!.get(one.row.hash) !== 'refused',
      );
      fc.pre(raised.length > 0);
      const { row, label } = raised[which % raised.length]!;
      const at1 = new Map(made.verdicts.get(1)).set(row.hash, 'refused');
      const verdictsAfter = new Map(made.verdicts).set(1, at1);
      const [after] = strengthPoints(tried, [1], { ...made, verdicts: verdictsAfter }, openPart);
      expect(after!.refused[label]! - before!.refused[label]!).toBeCloseTo(1 / before!.n[label]!, 12);
      expect({ ...after!.refused, [label]: 0 }).toEqual({ ...before!.refused, [label]: 0 });
    }),
  );
});
