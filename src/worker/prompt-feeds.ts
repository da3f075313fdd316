import { Tensor } from 'onnxruntime-node';

/** Right-padded prompts as the graph's inputs. Padding is masked; its token is 0, whatever that means to the model. */
export function promptFeeds(
  prompts: readonly (readonly number[])[],
  longest: number,
  positionIds: boolean,
): Record<string, Tensor> {
  const dims = [prompts.length, longest];
  const ids = new BigInt64Array(prompts.length * longest);
  const mask = new BigInt64Array(ids.length);
  prompts.forEach((prompt, row) => {
    prompt.forEach((id, i) => (ids[row * longest + i] = BigInt(id)));
    mask.fill(1n, row * longest, row * longest + prompt.length);
  });
  return {
    input_ids: new Tensor('int64', ids, dims),
    attention_mask: new Tensor('int64', mask, dims),
    last_position: new Tensor(
      'int64',
      BigInt64Array.from(prompts, (prompt) => BigInt(prompt.length - 1)),
      [prompts.length, 1],
    ),
    ...(positionIds && {
      position_ids: new Tensor(
        'int64',
        BigInt64Array.from(ids, (_, i) => BigInt(i % longest)),
        dims,
      ),
    }),
  };
}

/** An output that must be f32. */
export function floats(tensor: Tensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array))
    throw new TypeError(`Expected an f32 tensor, got ${tensor?.type ?? 'none'}.`);
  return tensor.data;
}
