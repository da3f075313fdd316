import { expect, test } from 'vitest';
import { studentQuantile } from '../../../../src/core/stats/student-quantile.ts';

// scipy.stats.t.ppf; python test/fixtures/stats/clustered.py
const degrees = [1, 2, 3, 10, 199, 200, 201, 1000];
test.each([
  [
    0.95,
    [
      6.313751514675037, 2.9199855803537242, 2.3533634348018233, 1.8124611228116756, 1.6525467461665633,
      1.6525081009108769, 1.6524698419699857, 1.6463788172854643,
    ],
  ],
  [
    0.975,
    [
      12.706204736174694, 4.302652729749462, 3.1824463052837078, 2.228138851986274, 1.9719565442517533,
      1.9718962236339088, 1.971836506779859, 1.9623390808264083,
    ],
  ],
] as const)('the %d quantile is scipy’s', (level, quantiles) => {
  degrees.forEach((df, i) => expect(studentQuantile(level, df)).toBeCloseTo(quantiles[i]!, 6));
});

test('between whole degrees of freedom it is scipy’s to 2.6 %, above 2 to 0.5 %, and never below it', () => {
  const over = (df: number, quantile: number): number => studentQuantile(0.975, df) / quantile - 1;
  const [near, above, far] = [
    over(1.5, 6.016663104427929),
    over(2.5, 3.5746548420036817),
    over(13.3, 2.1554255298164744),
  ];
  expect(near).toBeLessThan(0.026);
  expect(above).toBeLessThan(0.005);
  expect(far).toBeLessThan(1e-5);
  expect(Math.min(near, above, far)).toBeGreaterThan(0);
});
