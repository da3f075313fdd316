import { expect, test } from 'vitest';
import { conditionsOf, controlNames } from '../../../../src/core/controls/controls.ts';

test('controls that rest on chance are drawn several times, each draw a condition of its own', () => {
  expect(conditionsOf(['random-w', 'cast']).map(({ condition }) => condition)).toEqual([
    'cast',
    'random-w#1',
    'random-w#2',
    'random-w#3',
  ]);
});

test('no two conditions have one name', () => {
  const conditions = conditionsOf(controlNames).map(({ condition }) => condition);
  expect(new Set(conditions).size).toBe(conditions.length);
});
