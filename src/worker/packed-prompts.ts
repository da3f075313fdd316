import { Tensor } from 'onnxruntime-node';

/** Lengths that count as one: wider, more of a batch is shared, and more of it padded. */
const lengthStep = 16;

/**
 * Prompts of like length together, longest first, and among these in the order of their tokens, so that as much as possible of
 * one prompt begins the next. The same prompts give the same batches.
 * @returns indices of the prompts of each batch, in the order that `packedFeeds` takes
 */
export function batchesByPrefix(
  prompts: readonly (readonly number[])[],
  maxRows: number,
  maxPlaces: number,
): number[][] {
  const step = (i: number): number => Math.floor(prompts[i]!.length / lengthStep);
  const order = prompts
    .map((_, i) => i)
    .sort((a, b) => step(b) - step(a) || compareTokens(prompts[a]!, prompts[b]!) || a - b);
  const batches: number[][] = [];
  let batch: number[] = [];
  let longest = 0;
  for (const row of order) {
    const { length } = prompts[row]!;
    const places = (batch.length + 1) * Math.max(longest, length);
    if (batch.length > 0 && (batch.length === maxRows || places > maxPlaces)) {
      batches.push(batch);
      [batch, longest] = [[], 0];
    }
    longest = Math.max(longest, length);
    batch.push(row);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** Inputs of a graph that `packPrompts` made, for prompts in the order of `batchesByPrefix`. */
export function packedFeeds(prompts: readonly (readonly number[])[], positionIds: boolean): Record<string, Tensor> {
  const longest = Math.max(...prompts.map((ids) => ids.length));
  const tokens: number[] = [];
  const positions: number[] = [];
  const places: number[] = [];
  const rows = new BigInt64Array(prompts.length * longest);
  const mask = new BigInt64Array(rows.length);
  const last: number[] = [];
  prompts.forEach((prompt, row) => {
    const at = row * longest;
    const shared = row === 0 ? 0 : sharedPrefix(prompts[row - 1]!, prompt);
    rows.copyWithin(at, at - longest, at - longest + shared);
    for (let i = shared; i < prompt.length; i++) {
      rows[at + i] = BigInt(tokens.length);
      tokens.push(prompt[i]!);
      positions.push(i);
      places.push(at + i);
    }
    mask.fill(1n, at, at + prompt.length);
    last.push(Number(rows[at + prompt.length - 1]!));
  });
  const int64 = (data: BigInt64Array, dims: readonly number[]): Tensor => new Tensor('int64', data, dims);
  return {
    input_ids: int64(BigInt64Array.from(tokens, BigInt), [1, tokens.length]),
    attention_mask: int64(mask, [prompts.length, longest]),
    last_position: int64(BigInt64Array.from(last, BigInt), [1, prompts.length]),
    packed_rows: int64(rows, [prompts.length, longest]),
    packed_places: int64(BigInt64Array.from(places, BigInt), [tokens.length]),
    ...(positionIds && { position_ids: int64(BigInt64Array.from(positions, BigInt), [1, tokens.length]) }),
  };
}

function compareTokens(a: readonly number[], b: readonly number[]): number {
  const shared = sharedPrefix(a, b);
  return (a[shared] ?? -1) - (b[shared] ?? -1);
}

function sharedPrefix(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return length;
}
