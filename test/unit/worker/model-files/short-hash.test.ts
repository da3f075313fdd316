import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortHash, shortHashOfAll } from '../../../../src/worker/model-files/short-hash.ts';

test('items that come one at a time are hashed as the array of them at the end of the others', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.array(fc.jsonValue()), (head, items) => {
      fc.pre(head.length > 0);
      expect(shortHashOfAll(head, items)).toBe(shortHash([...head, items]));
    }),
  );
});
