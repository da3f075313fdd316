import { expect, test } from 'vitest';
import { clusteredSample, effectiveSize } from '../../../../src/core/stats/clustered-sample.ts';
import { wilson } from '../../../../src/core/stats/wilson.ts';
import { seededRandom } from '../../../../src/core/prompts/split/seeded-random.ts';

const values = [1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0];
const clusters = Array.from('AAABBBCCDDDEEEEFFFGG');

// statsmodels' cluster-robust OLS and proportion_confint, scipy's t; python test/fixtures/stats/clustered.py
test('the design effect is that of the mean without each cluster in turn, and effective size and interval are by scipy’s t', () => {
  const sample = clusteredSample(values, clusters);
  expect(sample).toMatchObject({ n: 20, clusters: 7 });
  expect(sample.designEffect).toBeCloseTo(3.5190249236289213, 12);
  const size = effectiveSize(sample, 0.975);
  // Student's quantile between whole degrees of freedom is good to 2e-4 here.
  expect(size / 4.040845318509142).toBeCloseTo(1, 3);
  const { low, high } = wilson(0.45 * size, size);
  expect(low).toBeCloseTo(0.12621036804021235, 4);
  expect(high).toBeCloseTo(0.8225248590311248, 4);
});

test('of clusters of one size the design effect is that of statsmodels', () => {
  const sixOfThree = Array.from('AAABBBCCCDDDEEEFFF');
  expect(clusteredSample(values.slice(0, 18), sixOfThree).designEffect).toBeCloseTo(2.392592592592591, 12);
});

test('independent values count in full; equal values as one a cluster; a single cluster says nothing', () => {
  const apart = values.map((_, i) => String(i));
  expect(effectiveSize(clusteredSample(values, apart), 0.975)).toBe(20);
  expect(clusteredSample([1, 1, 1, 1], ['a', 'a', 'b', 'b']).designEffect).toBe(2);
  expect(clusteredSample([1, 1, 1, 1], ['a', 'b', 'c', 'd']).designEffect).toBe(1);
  expect(
    effectiveSize(
      clusteredSample(
        values,
        values.map(() => 'a'),
      ),
      0.95,
    ),
  ).toBe(0);
});

test('clusters count by how evenly the values are spread over them; less than two say nothing', () => {
  const ofSizes = (...sizes: number[]): string[] =>
    sizes.flatMap((size, i) => Array.from({ length: size }, () => String(i)));
  const sample = (names: string[]) =>
    clusteredSample(
      names.map((_, i) => i % 2),
      names,
    );
  expect(sample(ofSizes(4, 4, 4)).effectiveClusters).toBe(3);
  expect(sample(ofSizes(35, 1, 1, 1, 1, 1)).effectiveClusters).toBeCloseTo(1600 / 1230);
  expect(effectiveSize(sample(ofSizes(35, 1, 1, 1, 1, 1)), 0.975)).toBe(0);
});

test.each([
  ['one of 50 and 25 of 2', [50, ...Array<number>(25).fill(2)]],
  ['one of 35 and 5 prompts of their own', [35, 1, 1, 1, 1, 1]],
  ['one of 20 among 20 prompts of their own', [20, ...Array<number>(20).fill(1)]],
])('of clusters of very different size, %s, the interval holds the mean rate in 93 % of draws and more', (_, sizes) => {
  const random = seededRandom(6);
  const draws = 800;
  const names = sizes.flatMap((size, i) => Array.from({ length: size }, () => String(i)));
  let covered = 0;
  for (let draw = 0; draw < draws; draw++) {
    const rates = sizes.map(() => (random() < 0.5 ? 0.3 : 0.9));
    const drawn = names.map((name) => (random() < rates[Number(name)]! ? 1 : 0));
    const rate = drawn.reduce<number>((sum, value) => sum + value, 0) / names.length;
    const size = effectiveSize(clusteredSample(drawn, names), 0.975);
    const { low, high } = wilson(rate * size, size);
    if (low <= 0.6 && 0.6 <= high) covered++;
  }
  expect(covered / draws).toBeGreaterThan(0.93);
});

test('of 15 clusters with rates of their own, the interval holds the mean rate in 93 % of draws and more; Wilson’s own does in less than 80 %', () => {
  const random = seededRandom(5);
  const draws = 1500;
  const names = Array.from({ length: 150 }, (_, i) => String(Math.floor(i / 10)));
  let covered = 0;
  let naive = 0;
  for (let draw = 0; draw < draws; draw++) {
    const rates = Array.from({ length: 15 }, () => (random() < 0.5 ? 0.3 : 0.9));
    const drawn = names.map((name) => (random() < rates[Number(name)]! ? 1 : 0));
    const rate = drawn.reduce<number>((sum, value) => sum + value, 0) / 150;
    const holds = (size: number): boolean => {
      const { low, high } = wilson(rate * size, size);
      return low <= 0.6 && 0.6 <= high;
    };
    if (holds(effectiveSize(clusteredSample(drawn, names), 0.975))) covered++;
    if (holds(150)) naive++;
  }
  expect(covered / draws).toBeGreaterThan(0.93);
  expect(naive / draws).toBeLessThan(0.8);
});
