import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binEdges, binOf } from '../../../../src/core/stats/bins.ts';

describe('binEdges', () => {
  it('cuts at round numbers', () => {
    expect(binEdges(-0.1, 1.13, 12)).toEqual([-0.2, 0, 0.2, 0.4, 0.6, 0.8, 1, 1.2]);
    expect(binEdges(0, 10, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('makes a bin of one value', () => {
    expect(binEdges(0, 0, 10).length).toBeGreaterThanOrEqual(2);
    expect(binEdges(7, 7, 10)[0]).toBeLessThanOrEqual(7);
  });
});

describe('binOf', () => {
  it('puts every value into the one bin that holds it', () => {
    const number = fc.integer({ min: -1e7, max: 1e7 }).map((n) => n / 1e4);
    fc.assert(
      fc.property(fc.array(number, { minLength: 1 }), fc.integer({ min: 1, max: 40 }), (values, wanted) => {
        const edges = binEdges(Math.min(...values), Math.max(...values), wanted);
        expect(edges.length).toBeLessThan(wanted + 4);
        for (const value of values) {
          const bin = binOf(edges, value);
          expect(edges[bin]).toBeLessThanOrEqual(value);
          expect(edges[bin + 1]).toBeGreaterThan(value);
        }
      }),
      { examples: [[[-0.0001], 2]] },
    );
  });
});
