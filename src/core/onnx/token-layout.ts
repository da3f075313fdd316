import { TensorProto_DataType } from 'onnx-buf';
import type { GraphEdit } from './graph/graph-edit.ts';

/** How the tokens of a batch's prompts lie in a graph's tensors. */
export interface TokenLayout {
  /** Each row's own position, [batch, 1, d], of a tensor of all tokens. */
  last(tensor: string): string;
  /** [batch, 1, d] as it can be added to a tensor of all tokens: to each token what its row has. */
  toTokens(tensor: string): string;
}

/**
 * Prompts as rows of a block, [batch, seq, d].
 * @param position int64 [batch, 1, 1]
 */
export function blockLayout(edit: GraphEdit, position: string): TokenLayout {
  return {
    last: (tensor) => edit.node('GatherND', [tensor, position], 'steer_last', { batch_dims: 1 }),
    toTokens: (tensor) => tensor,
  };
}

/**
 * Prompts as `packPrompts` lays them out, [1, tokens, d]. Where something is added to tokens, there is an input
 * `packed_owners`, int64 [1, tokens, 2]: for each token (row, 0), the row being the one whose addend it gets.
 * @param position int64 [batch, 1, 1]
 */
export function packedLayout(edit: GraphEdit, position: string): TokenLayout {
  const none = edit.node('Mul', [position, edit.int64(0, 'packed_zero')], 'packed_last_none');
  const lastPlaces = edit.node('Concat', [none, position], 'packed_last', { axis: 2 }); // [batch, 1, 2]
  let owners: string | undefined;
  return {
    last: (tensor) => edit.node('GatherND', [tensor, lastPlaces], 'steer_last'),
    toTokens: (tensor) => {
      owners ??= edit.input('packed_owners', TensorProto_DataType.INT64, [1, 'packed_tokens', 2]);
      return edit.node('GatherND', [tensor, owners], 'packed_addend');
    },
  };
}
