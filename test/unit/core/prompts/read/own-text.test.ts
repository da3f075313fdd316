import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownText } from '../../../../../src/core/prompts/read/own-text.ts';

test('it is the same text, half surrogate pairs and all', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) }), (text) => {
      expect(ownText(text)).toBe(text);
    }),
  );
});
