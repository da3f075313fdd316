import { Tensor } from 'onnxruntime-node';
import type { TokenIds } from '../../core/token-ids.ts';

/** Where a block is filled up: on the right where a cache appends at each row's own length, on the left where it appends at the block's end. */
export type Padding = 'left' | 'right';

/** Padded prompts as the graph's inputs. Padding is masked; its token is 0, whatever that means to the model. */
export function promptFeeds(
  prompts: readonly TokenIds[],
  longest: number,
  positionIds: boolean,
  padding: Padding = 'right',
): Record<string, Tensor> {
  const dims = [prompts.length, longest];
  const ids = new BigInt64Array(prompts.length * longest);
  const mask = new BigInt64Array(ids.length);
  const positions = new BigInt64Array(ids.length);
  const starts = prompts.map(({ length }) => (padding === 'left' ? longest - length : 0));
  prompts.forEach((prompt, row) => {
    const from = row * longest + starts[row]!;
    ids.set(Array.from(prompt, BigInt), from);
    mask.fill(1n, from, from + prompt.length);
    for (let i = starts[row]!; i < longest; i++) positions[row * longest + i] = BigInt(i - starts[row]!);
  });
  return {
    input_ids: new Tensor('int64', ids, dims),
    attention_mask: new Tensor('int64', mask, dims),
    last_position: int64(
      prompts.map((prompt, row) => starts[row]! + prompt.length - 1),
      [prompts.length, 1],
    ),
    ...(positionIds && { position_ids: new Tensor('int64', positions, dims) }),
  };
}

/**
 * The next token of each row.
 * @param rows `past` is the tokens that a row has before this one
 * @param width places of a row of the attention mask: those of the cache, and this one
 */
export function stepFeeds(
  rows: readonly { readonly past: number; readonly token: number }[],
  { width, padding, positionIds }: { width: number; padding: Padding; positionIds: boolean },
): Record<string, Tensor> {
  const mask = new BigInt64Array(rows.length * width);
  rows.forEach(({ past }, row) => {
    const from = row * width + (padding === 'left' ? width - past - 1 : 0);
    mask.fill(1n, from, from + past + 1);
  });
  const column = (values: readonly number[]): Tensor => int64(values, [rows.length, 1]);
  return {
    input_ids: column(rows.map(({ token }) => token)),
    attention_mask: new Tensor('int64', mask, [rows.length, width]),
    ...(positionIds && { position_ids: column(rows.map(({ past }) => past)) }),
    last_position: column(rows.map(() => 0)),
  };
}

function int64(values: readonly number[], dims: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
}

/** An output that must be f32. */
export function floats(tensor: Tensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array))
    throw new TypeError(`Expected an f32 tensor, got ${tensor?.type ?? 'none'}.`);
  return tensor.data;
}
