import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inTurn, rowsOfLanes } from '../../../../src/worker/lanes/lane-schedule.ts';

test('each row is in one lane, in order, and no lane has many more rows than another', () => {
  fc.assert(
    fc.property(fc.nat(600), fc.integer({ min: 1, max: 4 }), fc.boolean(), (count, lanes, alone) => {
      const parts = rowsOfLanes(count, lanes, alone);
      expect(parts.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, row) => row));
      for (const part of parts) expect(part).toEqual(part.toSorted((a, b) => a - b));
      const sizes = parts.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(alone ? 1 : 16);
      if (parts.length > 1) expect(Math.min(...sizes)).toBeGreaterThanOrEqual(alone ? 1 : 2);
    }),
  );
});

test('rows too few for a company of two in each lane stay together', () => {
  expect(rowsOfLanes(3, 2, false)).toEqual([[0, 1, 2]]);
  expect(rowsOfLanes(1, 2, true)).toEqual([[0]]);
  expect(rowsOfLanes(2, 2, true)).toEqual([[0], [1]]);
});

async function* after(waits: readonly number[], name: string): AsyncGenerator<string> {
  for (const [i, wait] of waits.entries()) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    yield `${name}${i}`;
  }
}

async function all<T>(source: AsyncGenerator<T>): Promise<T[]> {
  const made: T[] = [];
  for await (const one of source) made.push(one);
  return made;
}

test('whichever source is faster, the order is the same, and the longer one goes on alone', async () => {
  const wanted = ['a0', 'b0', 'a1', 'b1', 'a2'];
  expect(await all(inTurn([after([9, 0, 0], 'a'), after([0, 0], 'b')]))).toEqual(wanted);
  expect(await all(inTurn([after([0, 0, 0], 'a'), after([9, 9], 'b')]))).toEqual(wanted);
});

test('an error of one source ends the other too, once what came before it has been given', async () => {
  let ended = false;
  async function* endless(): AsyncGenerator<string> {
    try {
      for (let i = 0; ; i++) {
        await new Promise((resolve) => setImmediate(resolve));
        yield `a${i}`;
      }
    } finally {
      ended = true;
    }
  }
  async function* failing(): AsyncGenerator<string> {
    yield 'b0';
    await Promise.reject(new Error('b has failed'));
  }
  const given: string[] = [];
  const reading = (async () => {
    for await (const one of inTurn([endless(), failing()])) given.push(one);
  })();
  await expect(reading).rejects.toThrow('b has failed');
  expect(given).toEqual(['a0', 'b0', 'a1']);
  expect(ended).toBe(true);
});

test('a reader that stops ends the sources', async () => {
  let ended = 0;
  async function* counting(): AsyncGenerator<number> {
    try {
      for (let i = 0; ; i++) {
        await new Promise((resolve) => setImmediate(resolve));
        yield i;
      }
    } finally {
      ended += 1;
    }
  }
  for await (const one of inTurn([counting(), counting()])) if (one === 1) break;
  expect(ended).toBe(2);
});
