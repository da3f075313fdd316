import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SteeringFeeds } from '../../src/worker/session/steering-feeds.ts';

const [layers, d] = [2, 3];
const feeds = new SteeringFeeds(
  {
    w: Float32Array.of(1, 2, 3, 4, 5, 6),
    r: Float32Array.of(0.1, -2, 0, 7, 1e30, -3),
    thresholds: Float32Array.of(0.5, -1),
  },
  d,
);
const numbers = (name: string, from: ReturnType<SteeringFeeds['ofStep']>): number[] =>
  Array.from(from[name]!.data as Float32Array);

test('w has a column a layer', () => {
  const of = feeds.ofPrompts([{ strength: 1 }]);
  expect(of['steer_w']!.dims).toEqual([d, layers]);
  expect(numbers('steer_w', of)).toEqual([1, 4, 2, 5, 3, 6]);
});

test('factors are multiplied with r as two f32 numbers are', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -4, max: 4, noNaN: true }),
      fc.double({ min: -4, max: 4, noNaN: true }),
      (strength, constant) => {
        const of = feeds.ofPrompts([{ strength: 0 }, { strength, constant }]);
        const r = [Math.fround(0.1), -2, 0, 7, Math.fround(1e30), -3];
        const times = (factor: number): number[] => r.map((x) => Math.fround(Math.fround(factor) * x));
        expect(of['steer_direction']!.dims).toEqual([2, layers, d]);
        expect(numbers('steer_direction', of).slice(r.length).map(positive)).toEqual(times(strength).map(positive));
        expect(numbers('steer_push', of).slice(r.length).map(positive)).toEqual(times(constant).map(positive));
      },
    ),
  );
});

test('only rows that are asked to be steered have thresholds that a score can be above', () => {
  const of = feeds.ofPrompts([{ strength: 0, constant: 0 }, { strength: -0.4 }, { strength: 0, constant: 2 }]);
  expect(of['steer_threshold']!.dims).toEqual([3, layers, 1]);
  expect(numbers('steer_threshold', of)).toEqual([Infinity, Infinity, 0.5, -1, 0.5, -1]);
});

test('no row of a decoding step is steered, however many rows there were before', () => {
  for (const rows of [1, 3, 2]) {
    const of = feeds.ofStep(rows);
    expect(numbers('steer_threshold', of)).toEqual(Array<number>(rows * layers).fill(Infinity));
    expect(of['steer_direction']!.dims).toEqual([rows, layers, d]);
    expect(numbers('steer_direction', of)).toEqual(Array<number>(rows * layers * d).fill(0));
    expect(Object.keys(of)).toEqual(Object.keys(feeds.ofPrompts([{ strength: 1 }])));
  }
});

/** 0 for -0. */
function positive(x: number): number {
  return x + 0;
}
