import fc from 'fast-check';
import { expect, test } from 'vitest';
import { onParetoFront } from '../../../../src/core/evaluation/pareto-front.ts';

const point = fc.record({ gain: fc.integer({ min: 0, max: 9 }), cost: fc.integer({ min: 0, max: 9 }) });

test('a choice is off the front where another gains as much for less', () => {
  expect(
    onParetoFront([
      { gain: 0.5, cost: 0 },
      { gain: 0.5, cost: 0.1 },
      { gain: 0.8, cost: 0.1 },
      { gain: 0.7, cost: 0.2 },
    ]),
  ).toEqual([true, false, true, false]);
});

test('along the front more gain costs more, and every other choice has one on it that is no worse', () => {
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 30 }), (choices) => {
      const isOn = onParetoFront(choices);
      const front = choices.filter((_, i) => isOn[i]).sort((a, b) => a.gain - b.gain || a.cost - b.cost);
      front.slice(1).forEach(({ gain, cost }, i) => {
        const before = front[i]!;
        expect(gain > before.gain === cost > before.cost).toBe(true);
      });
      for (const { gain, cost } of choices)
        expect(front.some((one) => one.gain >= gain && one.cost <= cost)).toBe(true);
    }),
  );
});
