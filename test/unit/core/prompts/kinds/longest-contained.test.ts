import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anchorLength, longestContained } from '../../../../../src/core/prompts/kinds/longest-contained.ts';

test('it finds what a search for each pattern in turn finds', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 40 });
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 8 }), letters, letters, (patterns, before, after) => {
      const text = `${before}${patterns[0] ?? ''}${after}`;
      const lengths = patterns
        .filter((one) => one.length >= anchorLength && text.includes(one))
        .map((one) => one.length);
      const found = longestContained(patterns)(text);
      expect(found?.length ?? 0).toBe(Math.max(0, ...lengths));
      if (found !== null) expect(text).toContain(found);
    }),
    { numRuns: 1_000 },
  );
});
