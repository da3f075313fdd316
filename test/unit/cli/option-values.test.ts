import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import {
  controlList,
  fromZero,
  layerNumbers,
  natural,
  number,
  positive,
  webAddress,
} from '../../../src/cli/option-values.ts';
import { controlNames } from '../../../src/core/controls/controls.ts';

test.each([
  [number, '-0.4', -0.4],
  [natural, '0', 0],
  [positive, '12', 12],
  [fromZero, '0.5', 0.5],
  [layerNumbers, '8,12,16', [8, 12, 16]],
  [controlList, 'cast,random-w', ['cast', 'random-w']],
  [controlList, 'none', []],
  [controlList, 'all', [...controlNames]],
  [webAddress, 'https://api.example.com/v1', 'https://api.example.com/v1'],
] as const)('%o takes %s', (valueOf, text, value) => {
  expect(valueOf(text)).toEqual(value);
});

test.each([
  [number, ' ', 'It must be a number.'],
  [number, '1x', 'It must be a number.'],
  [number, 'Infinity', 'It must be a number.'],
  [natural, '-1', 'It must be a whole number, 0 or more.'],
  [natural, '1.5', 'It must be a whole number, 0 or more.'],
  [positive, '0', 'It must be a whole number, 1 or more.'],
  [fromZero, '-1', 'It must be a number from 0: the larger, the more is refused.'],
  [layerNumbers, '8,8', 'It must name each layer once.'],
  [layerNumbers, '8,', 'It must be a number.'],
  [controlList, 'cat', 'There is no control "cat"; there are '],
  [webAddress, 'file:///etc', 'It must be an address that starts with https:// or http://.'],
  [webAddress, 'api.example.com', 'It must be an address that starts with https:// or http://.'],
] as const)('%o refuses "%s" in words', (valueOf, text, words) => {
  expect(() => valueOf(text)).toThrow(InvalidArgumentError);
  expect(() => valueOf(text)).toThrow(words);
});
