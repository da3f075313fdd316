import fc from 'fast-check';
import { Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { DeviceCache } from '../../../../src/worker/session/device-cache.ts';
import { openCache, type KvCache, type KvShape } from '../../../../src/worker/session/kv-cache.ts';
import { FakeDevice } from './fake-device.ts';

const [heads, size] = [2, 3];
const kv = (appends: boolean): KvShape => ({
  names: ['key', 'value'].map((name) => ({ past: `past.${name}`, present: name, newest: `${name}.newest` })),
  ...{ heads, size, type: 'float32', appends },
});

/** What becomes of the rows: some come in, beside rows of their prefill that nobody wants; all take a step, some not growing; some end. */
const event = fc.oneof(
  fc.record({
    what: fc.constant('come' as const),
    prompts: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
    company: fc.nat(2),
  }),
  fc.record({ what: fc.constant('step' as const), grow: fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }) }),
  fc.record({ what: fc.constant('end' as const), rows: fc.array(fc.nat(19), { minLength: 1, maxLength: 3 }) }),
);

/** A cache on a device and one in host memory, which are told the same. */
class Both {
  readonly device = new FakeDevice();
  readonly #appends: boolean;
  readonly #shape: KvShape;
  readonly #caches: { readonly onDevice: KvCache; readonly onHost: KvCache };
  readonly lengths: number[] = [];
  #next = 1;

  constructor(appends: boolean) {
    this.#appends = appends;
    this.#shape = kv(appends);
    this.#caches = {
      onDevice: new DeviceCache(this.#shape, this.device),
      onHost: openCache(this.#shape, { rows: 200, positions: 200 }),
    };
  }

  come(prompts: readonly number[], company: number): void {
    // Padded on the left, rows that came in later would have to be moved.
    if (!this.#appends && this.lengths.length > 0) return;
    const dims = [prompts.length + (this.#appends ? company : 0), heads, Math.max(...prompts), size];
    const blocks = this.#shape.names.map(() => this.#fresh(dims));
    this.#tell((cache, of) => {
      cache.add(Object.fromEntries(cache.wanted.map((name, i) => [name, of(blocks[i]!, dims)])), prompts);
    });
    this.lengths.push(...prompts);
  }

  /** Compares what the caches feed, and gives them what a graph would make of it. */
  async step(grow: readonly boolean[]): Promise<void> {
    if (this.lengths.length === 0) return;
    const { onDevice, onHost } = this.#caches;
    expect(onDevice.width).toBe(onHost.width);
    const [past, want] = [await onDevice.feeds(), await onHost.feeds()];
    const given: Record<'onDevice' | 'onHost', Record<string, Tensor>> = { onDevice: {}, onHost: {} };
    for (const { past: name, present, newest } of this.#shape.names) {
      expect(past[name]!.dims[0]).toBe(this.lengths.length);
      expect(this.#entries(past[name]!)).toEqual(this.#entries(want[name]!));
      const entries = this.#fresh([this.lengths.length, heads, size]);
      given.onDevice[present] = this.#presentOf(past[name]!, entries, (values, dims) =>
        this.device.tensor(values, dims),
      );
      given.onHost[newest] = new Tensor('float32', entries, [this.lengths.length, heads, 1, size]);
      given.onHost[present] = this.#presentOf(want[name]!, entries, onTheHost);
    }
    const grows = (row: number): boolean => !this.#appends || grow[row % grow.length]!;
    onDevice.keep(given.onDevice, grows);
    onHost.keep(given.onHost, grows);
    for (const row of this.lengths.keys()) if (grows(row)) this.lengths[row]! += 1;
    expect(this.device.live.size).toBe(this.#shape.names.length);
  }

  end(row: number): void {
    if (row >= this.lengths.length) return;
    this.#tell((cache) => {
      cache.drop(row);
    });
    this.lengths[row] = this.lengths.at(-1)!;
    this.lengths.pop();
  }

  dispose(): void {
    this.#tell((cache) => {
      cache.dispose();
    });
  }

  #tell(tell: (cache: KvCache, of: (values: Float32Array, dims: readonly number[]) => Tensor) => void): void {
    tell(this.#caches.onDevice, (values, dims) => this.device.tensor(values, dims));
    tell(this.#caches.onHost, onTheHost);
  }

  #fresh(dims: readonly number[]): Float32Array {
    return Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => this.#next++);
  }

  #values(tensor: Tensor): Float32Array {
    return tensor.location === 'cpu' ? (tensor.data as Float32Array) : this.device.values(tensor);
  }

  /** The entries of each row and head: without padding, where that is on the right. */
  #entries(tensor: Tensor): number[][] {
    const positions = tensor.dims[2]!;
    const values = this.#values(tensor);
    return this.lengths.flatMap((length, row) =>
      [...Array(heads).keys()].map((head) => {
        const from = (row * heads + head) * positions * size;
        return [...values.subarray(from, from + (this.#appends ? length : positions) * size)];
      }),
    );
  }

  /** As graphs append: at each row's own length, with no fewer positions than the past has; or at the end of all. */
  #presentOf(past: Tensor, newest: Float32Array, of: typeof onTheHost): Tensor {
    const old = past.dims[2]!;
    const positions = this.#appends ? Math.max(old, Math.max(...this.lengths) + 1) : old + 1;
    const values = new Float32Array(this.lengths.length * heads * positions * size);
    const before = this.#values(past);
    for (let at = 0; at < this.lengths.length * heads; at++) {
      const place = this.#appends ? this.lengths[Math.floor(at / heads)]! : old;
      values.set(before.subarray(at * old * size, (at + 1) * old * size), at * positions * size);
      values.set(newest.subarray(at * size, (at + 1) * size), (at * positions + place) * size);
    }
    return of(values, [this.lengths.length, heads, positions, size]);
  }
}

const onTheHost = (values: Float32Array, dims: readonly number[]): Tensor =>
  new Tensor('float32', values.slice(), dims);

test.each([
  { what: 'a graph appends at its own length', appends: true },
  { what: 'a graph puts after its past', appends: false },
])(
  'what a cache on the device feeds of rows that $what is what one in host memory does, and it leaves no tensor there',
  async ({ appends }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), async (events) => {
        const both = new Both(appends);
        for (const each of events) {
          if (each.what === 'come') both.come(each.prompts, each.company);
          else if (each.what === 'step') await both.step(each.grow);
          else for (const row of each.rows) both.end(row);
        }
        await both.step([true]);
        both.dispose();
        expect(both.device.live.size).toBe(0);
      }),
      { numRuns: 200 },
    );
  },
);

test('what the cache held is freed where the device fails half way', async () => {
  const device = new FakeDevice();
  const shape = kv(true);
  const block = (): Record<string, Tensor> =>
    Object.fromEntries(
      shape.names.map(({ present }) => [present, device.tensor(new Float32Array(12), [1, heads, 2, size])]),
    );
  let joins = 0;
  const cache = new DeviceCache(shape, {
    keep: (...asked) => device.keep(...asked),
    join: (...asked) => (joins++ === 0 ? device.join(...asked) : Promise.reject(new Error('out of memory'))),
  });
  cache.add(block(), [2]);
  cache.add(block(), [2]);
  await expect(cache.feeds()).rejects.toThrow('out of memory');
  cache.dispose();
  expect(device.live.size).toBe(0);
});
