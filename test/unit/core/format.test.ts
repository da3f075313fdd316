import { describe, expect, it } from 'vitest';
import { count, fixed, interval, percent, points, pValue } from '../../../src/core/format.ts';

const plain = (text: string) => text.replace(/\u00a0/g, ' ');

describe('numbers as people read them', () => {
  it('shares', () => {
    expect(plain(percent(0.8754))).toBe('87.5 %');
    expect(plain(interval(0.801, 0.923))).toBe('80.1–92.3 %');
  });
  it('changes carry their sign, and zero has none', () => {
    expect(plain(points(0.015))).toBe('+1.5 points');
    expect(plain(points(-0.015))).toBe('−1.5 points');
    expect(plain(points(-0.0001))).toBe('0.0 points');
    expect(plain(points(0.0001))).toBe('0.0 points');
  });
  it('a p that is small is not 0', () => {
    expect(plain(pValue(0.0004))).toBe('p < 0.001');
    expect(plain(pValue(0.0214))).toBe('p = 0.021');
  });
  it('what is no number is a dash', () => {
    expect(fixed(NaN, 2)).toBe('–');
  });
  it('one is singular', () => {
    expect(plain(count(1, 'prompt'))).toBe('1 prompt');
    expect(plain(count(0, 'prompt'))).toBe('0 prompts');
  });
});
