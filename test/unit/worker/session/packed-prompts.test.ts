import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packedFeeds } from '../../../../src/worker/session/packed-prompts.ts';

const prompts = fc.array(fc.array(fc.integer({ min: 3, max: 6 }), { minLength: 1, maxLength: 140 }), {
  minLength: 1,
  maxLength: 4,
});

test('each place of each prompt leads to its token, and no tile of 128 tokens is left with a single one', () => {
  fc.assert(
    fc.property(fc.oneof(prompts, fc.constant([Array.from({ length: 129 }, (_, i) => i)])), (rows) => {
      const feeds = packedFeeds(rows, true);
      const numbers = (name: string): number[] => Array.from(feeds[name]!.data as BigInt64Array, Number);
      const [ids, positions, at] = [numbers('input_ids'), numbers('position_ids'), numbers('packed_rows')];
      const width = feeds['packed_rows']!.dims[1]!;
      for (const [row, tokens] of rows.entries())
        for (const [i, token] of tokens.entries()) {
          expect(ids[at[row * width + i]!]).toBe(token);
          expect(positions[at[row * width + i]!]).toBe(i);
        }
      if (ids.length > 1) expect(ids.length % 128).not.toBe(1);
      for (const name of ['position_ids', 'packed_places']) expect(numbers(name)).toHaveLength(ids.length);
      expect(numbers('packed_owners')).toHaveLength(2 * ids.length);
    }),
  );
});
