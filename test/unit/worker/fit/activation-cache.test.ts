import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { openActivationCache } from '../../../../src/worker/fit/activation-cache.ts';

const width = 3;
const idOf = (n: number): string => createHash('sha256').update(String(n)).digest('hex');
const valuesOf = (n: number): Float32Array => Float32Array.from({ length: width }, (_, i) => n + i / 8);

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'alphasteer-cache-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

const fileIn = (path: string, extension: string): string =>
  join(
    path,
    readdirSync(path).find((name) => name.endsWith(extension))!,
  );

async function expectKept(path: string, ns: Iterable<number>): Promise<void> {
  const cache = await openActivationCache(path, 'key', width);
  for (const n of ns) expect(await cache.read(idOf(n), 0, width)).toEqual(valuesOf(n));
  await cache.close();
}

test('a row reads as it was put, before and after the cache is opened again, also where a batch has the same one twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.nat(40), { maxLength: 8 }), { maxLength: 8 }), async (batches) => {
      const path = mkdtempSync(join(tmpdir(), 'alphasteer-cache-'));
      try {
        const cache = await openActivationCache(path, 'key', width);
        for (const batch of batches) await cache.put(batch.map((n) => ({ id: idOf(n), values: valuesOf(n) })));
        const kept = new Set(batches.flat());
        for (let n = 0; n <= 40; n++) expect(cache.has(idOf(n))).toBe(kept.has(n));
        for (const n of kept) expect(await cache.read(idOf(n), 1, 2)).toEqual(valuesOf(n).subarray(1));
        await cache.close();
        await expectKept(path, kept);
      } finally {
        rmSync(path, { recursive: true });
      }
    }),
    { numRuns: 30 },
  );
});

test('two processes that fill one cache at once read what each put itself, and later ones what both did', async () => {
  const steps = fc.array(fc.tuple(fc.nat(1), fc.uniqueArray(fc.nat(12), { maxLength: 4 })), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(steps, async (puts) => {
      const path = mkdtempSync(join(tmpdir(), 'alphasteer-cache-'));
      try {
        const both = [await openActivationCache(path, 'key', width), await openActivationCache(path, 'key', width)];
        const own = [new Set<number>(), new Set<number>()];
        for (const [who, ns] of puts) {
          await both[who]!.put(ns.map((n) => ({ id: idOf(n), values: valuesOf(n) })));
          ns.forEach((n) => own[who]!.add(n));
        }
        for (const [who, cache] of both.entries())
          for (const n of own[who]!) expect(await cache.read(idOf(n), 0, width)).toEqual(valuesOf(n));
        await expectKept(path, new Set(puts.flatMap(([, ns]) => ns)));
        for (const cache of both) await cache.close();
      } finally {
        rmSync(path, { recursive: true });
      }
    }),
    { numRuns: 30 },
  );
});

test('what a kill left half-written is not read, and what is put then is in its place', async () => {
  const halves: ((rows: string, ids: string) => void)[] = [
    (rows) => appendFileSync(rows, Buffer.alloc(width * 4 + 5)),
    (_, ids) => appendFileSync(ids, idOf(4).slice(0, 20)),
    (_, ids) => appendFileSync(ids, `${idOf(4)}\n`),
    (rows, ids) => {
      appendFileSync(rows, Buffer.alloc(width * 4));
      appendFileSync(ids, `${'\0'.repeat(64)}\n`);
    },
  ];
  for (const leave of halves) {
    const path = folder();
    const cache = await openActivationCache(path, 'key', width);
    await cache.put([1, 2, 3].map((n) => ({ id: idOf(n), values: valuesOf(n) })));
    await cache.close();
    leave(fileIn(path, '.f32'), fileIn(path, '.ids'));
    const again = await openActivationCache(path, 'key', width);
    expect(again.has(idOf(4))).toBe(false);
    await again.put([4, 5].map((n) => ({ id: idOf(n), values: valuesOf(n) })));
    await again.close();
    await expectKept(path, [1, 2, 3, 4, 5]);
  }
});

test('a cache that is only read leaves no file', async () => {
  const path = folder();
  await expectKept(path, []);
  expect(readdirSync(path)).toEqual([]);
});

test('a row whose file was cut off while the cache was open is a RangeError, not zeros', async () => {
  const path = folder();
  const cache = await openActivationCache(path, 'key', width);
  await cache.put([{ id: idOf(1), values: valuesOf(1) }]);
  truncateSync(fileIn(path, '.f32'), 4);
  await expect(cache.read(idOf(1), 0, width)).rejects.toThrow(RangeError);
  await cache.close();
});

test('what was never put is a RangeError', async () => {
  const cache = await openActivationCache(folder(), 'key', width);
  await expect(cache.read(idOf(1), 0, width)).rejects.toThrow(RangeError);
  await cache.close();
});
