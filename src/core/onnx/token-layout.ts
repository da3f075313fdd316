import type { GraphEdit } from './graph-edit.ts';
import { TensorProto_DataType } from './onnx_pb.ts';

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
 * `packed_owners`, int64 [1, tokens]: the row whose addend a token gets.
 * @param position int64 [batch, 1, 1]
 */
export function packedLayout(edit: GraphEdit, position: string): TokenLayout {
  const axis = edit.int64([2], 'packed_pair_axis');
  const zero = edit.int64(0, 'packed_zero');
  /** Places (first, second) in the two outer dimensions, [..., 2], of which `places` [..., 1] holds one and the other is 0. */
  const pairs = (places: string, first: boolean, name: string): string => {
    const none = edit.node('Mul', [places, zero], `${name}_none`);
    return edit.node('Concat', first ? [places, none] : [none, places], name, { axis: 2 });
  };
  const lastPlaces = pairs(position, false, 'packed_last'); // [batch, 1, 2]
  let ownerPlaces: string | undefined; // [1, tokens, 2]
  return {
    last: (tensor) => edit.node('GatherND', [tensor, lastPlaces], 'steer_last'),
    toTokens: (tensor) => {
      ownerPlaces ??= pairs(
        edit.node(
          'Unsqueeze',
          [edit.input('packed_owners', TensorProto_DataType.INT64, [1, 'packed_tokens']), axis],
          'packed_owner',
        ),
        true,
        'packed_owner_places',
      );
      return edit.node('GatherND', [tensor, ownerPlaces], 'packed_addend');
    },
  };
}
