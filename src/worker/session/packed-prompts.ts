import { Tensor } from 'onnxruntime-node';
import type { TokenIds } from '../../core/token-ids.ts';

/** Lengths that count as one: wider, more of a batch is shared, and more of it padded. */
const lengthStep = 16;

/**
 * Prompts of like length together, longest first, and among these in the order of their tokens, so that as much as possible of
 * one prompt begins the next. The same prompts give the same batches.
 * @returns indices of the prompts of each batch, in the order that `packedFeeds` takes
 */
export function batchesByPrefix(prompts: readonly TokenIds[], maxRows: number, maxPlaces: number): number[][] {
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

/**
 * Tokens of one tile of onnxruntime's MatMulNBits (1.30, CPU). Where it shares tiles out among threads, a last tile of one
 * token is computed by the kernel for single rows, which rounds otherwise: with two threads, the last of 129 tokens came to
 * other bits than with one thread, or beside another token (findings/matmulnbits-lone-row.sh).
 */
const tile = 128;

/**
 * Inputs of a graph that `packPrompts` made, for prompts in the order of `batchesByPrefix`.
 * @param shares whether a prompt may share tokens with its neighbours: not one that is steered, whose tokens hang on its last
 */
export function packedFeeds(
  prompts: readonly TokenIds[],
  positionIds: boolean,
  shares: (row: number) => boolean = () => true,
): Record<string, Tensor> {
  const longest = Math.max(...prompts.map((ids) => ids.length));
  const tokens: number[] = [];
  const positions: number[] = [];
  const owners: number[] = [];
  const places: number[] = [];
  const rows = new BigInt64Array(prompts.length * longest);
  const mask = new BigInt64Array(rows.length);
  const last: number[] = [];
  prompts.forEach((prompt, row) => {
    const at = row * longest;
    const shared = row === 0 || !shares(row) || !shares(row - 1) ? 0 : sharedPrefix(prompts[row - 1]!, prompt);
    rows.copyWithin(at, at - longest, at - longest + shared);
    for (let i = shared; i < prompt.length; i++) {
      rows[at + i] = BigInt(tokens.length);
      tokens.push(prompt.at(i)!);
      positions.push(i);
      owners.push(row, 0);
      places.push(at + i);
    }
    mask.fill(1n, at, at + prompt.length);
    last.push(Number(rows[at + prompt.length - 1]!));
  });
  // Nothing reads the copy: it only keeps the last token company.
  if (tokens.length % tile === 1)
    for (const [list, width] of [
      [tokens, 1],
      [positions, 1],
      [owners, 2],
      [places, 1],
    ] as const)
      list.push(...list.slice(-width));
  return {
    input_ids: int64(tokens, [1, tokens.length]),
    attention_mask: new Tensor('int64', mask, [prompts.length, longest]),
    last_position: int64(last, [prompts.length, 1]),
    packed_rows: new Tensor('int64', rows, [prompts.length, longest]),
    packed_places: int64(places, [tokens.length]),
    packed_owners: int64(owners, [1, tokens.length, 2]),
    ...(positionIds && { position_ids: int64(positions, [1, tokens.length]) }),
  };
}

/** The inputs of a decoding step (`stepFeeds`) packed: a batch of prompts of one token, none of them shared. */
export function packedStep({
  input_ids,
  position_ids,
  ...rest
}: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const rows = input_ids!.dims[0]!;
  const each = Array.from({ length: rows }, (_, row) => row);
  return {
    ...rest,
    input_ids: input_ids!.reshape([1, rows]),
    ...(position_ids && { position_ids: position_ids.reshape([1, rows]) }),
    last_position: int64(each, [rows, 1]),
    packed_rows: int64(each, [rows, 1]),
    packed_places: int64(each, [rows]),
    packed_owners: int64(
      each.flatMap((row) => [row, 0]),
      [1, rows, 2],
    ),
  };
}

function int64(values: readonly number[], dims: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
}

function compareTokens(a: TokenIds, b: TokenIds): number {
  const shared = sharedPrefix(a, b);
  return (a.at(shared) ?? -1) - (b.at(shared) ?? -1);
}

function sharedPrefix(a: TokenIds, b: TokenIds): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a.at(i) !== b.at(i)) return i;
  return length;
}
