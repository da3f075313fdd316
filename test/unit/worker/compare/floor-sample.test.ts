import { expect, test } from 'vitest';
import { floorPerKind, floorSample } from '../../../../src/worker/compare/floor-sample.ts';

const rows = (label: 'benign' | 'jailbreak', set: 'evaluate' | 'held-out-goals', n: number) =>
  Array.from({ length: n }, (_, i) => ({ prompt: { label, id: `${label}-${set}-${i}` }, set }));

test('the sample has as many of each label and set, spread over the whole file', () => {
  const sample = floorSample([
    ...rows('benign', 'evaluate', 200),
    ...rows('jailbreak', 'held-out-goals', 3),
    ...rows('jailbreak', 'evaluate', 41),
  ]);
  const ids = sample.map(({ prompt }) => prompt.id);
  expect(ids.filter((id) => id.startsWith('benign'))).toEqual(
    [0, 25, 50, 75, 100, 125, 150, 175].map((i) => `benign-evaluate-${i}`),
  );
  expect(ids.filter((id) => id.startsWith('jailbreak-held-out'))).toHaveLength(3);
  expect(new Set(ids).size).toBe(2 * floorPerKind + 3);
});
