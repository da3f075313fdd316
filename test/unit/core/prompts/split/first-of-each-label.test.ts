import { expect, test } from 'vitest';
import { firstOfEachLabel } from '../../../../../src/core/prompts/split/first-of-each-label.ts';

const prompts = (['benign', 'harmful', 'benign', 'benign', 'harmful'] as const).map((label, id) => ({ id, label }));

test('the first of each label, in their order; all without a bound', () => {
  expect(firstOfEachLabel(prompts, 2).map(({ id }) => id)).toEqual([0, 1, 2, 4]);
  expect(firstOfEachLabel(prompts)).toEqual(prompts);
});
