import type { Tensor } from 'onnxruntime-node';
import type { DeviceTensors } from './device-tensors.ts';
import type { KvCache, KvShape } from './kv-cache.ts';

/**
 * A cache that stays on the device: what a prefill or step gives is the next step's past, and nothing of it comes to the
 * host. Rows that come in or have ended are brought together before the next step, in one pass over the cache on the device,
 * tensor by tensor, so that little more than the cache itself takes memory there. That is less than a step, which copies all
 * of its past into what it gives; so rows leave at once, and a step has the rows that it would have with a cache in host memory.
 */
export class DeviceCache implements KvCache {
  readonly #shape: KvShape;
  readonly #tensors: Pick<DeviceTensors, 'keep' | 'join'>;
  /** Blocks of rows, each a tensor for every name of the shape: the past, and what came in since the last step. */
  #blocks: Tensor[][] = [];
  /** Where each row is, counted over the rows of all blocks. */
  #rows: number[] = [];
  /** Tokens of each row. */
  readonly #lengths: number[] = [];

  constructor(shape: KvShape, tensors: Pick<DeviceTensors, 'keep' | 'join'>) {
    this.#shape = shape;
    this.#tensors = tensors;
  }

  get width(): number {
    return this.#shape.appends ? Math.max(0, ...this.#lengths) : Math.max(0, ...this.#blocks.map(positionsOf));
  }

  add(outputs: Readonly<Record<string, Tensor>>, prompts: readonly number[]): void {
    if (this.#rows.length === 0) this.dispose();
    const before = this.#blocks.reduce((sum, block) => sum + rowsOf(block), 0);
    this.#blocks.push(this.#shape.names.map(({ present }) => outputs[present]!));
    this.#rows.push(...prompts.map((_, row) => before + row));
    this.#lengths.push(...prompts);
  }

  async feeds(): Promise<Record<string, Tensor>> {
    await this.#bringTogether();
    const past = this.#blocks[0]!;
    return Object.fromEntries(this.#shape.names.map(({ past: name }, i) => [name, past[i]!]));
  }

  get wanted(): readonly string[] {
    return this.#shape.names.map(({ present }) => present);
  }

  keep(outputs: Readonly<Record<string, Tensor>>, grows: (row: number) => boolean): void {
    this.dispose();
    this.#blocks = [this.#shape.names.map(({ present }) => outputs[present]!)];
    for (const row of this.#lengths.keys()) if (grows(row)) this.#lengths[row]! += 1;
  }

  drop(row: number): void {
    for (const each of [this.#rows, this.#lengths]) {
      each[row] = each.at(-1)!;
      each.pop();
    }
  }

  dispose(): void {
    for (const block of this.#blocks) for (const tensor of block) tensor.dispose();
    this.#blocks = [];
  }

  /** Leaves one block, of the rows that are there in their order, with no more positions than they need. */
  async #bringTogether(): Promise<void> {
    const [past, ...blocks] = this.#blocks as [Tensor[], ...Tensor[][]];
    const rows = this.#blocks.reduce((sum, block) => sum + rowsOf(block), 0);
    const asTheyAre = rows === this.#rows.length && this.#rows.every((at, row) => at === row);
    const positions = this.width;
    for (const i of past.keys()) {
      for (const block of blocks) {
        const made = await this.#tensors.join(past[i]!, block[i]!);
        block[i]!.dispose();
        replace(past, i, made);
      }
      if (!asTheyAre) replace(past, i, await this.#tensors.keep(past[i]!, this.#rows, positions));
    }
    this.#blocks = [past];
    this.#rows = this.#rows.map((_, row) => row);
  }
}

function replace(block: Tensor[], i: number, made: Tensor): void {
  block[i]!.dispose();
  block[i] = made;
}

function rowsOf(block: readonly Tensor[]): number {
  return block[0]!.dims[0]!;
}

function positionsOf(block: readonly Tensor[]): number {
  return block[0]!.dims[2]!;
}
