import { TensorProto_DataType, type GraphProto, type NodeProto } from 'onnx-buf';
import type { GraphEdit } from './graph/graph-edit.ts';
import { ancestors, indexGraph } from './graph/graph-index.ts';
import { nodeInputs } from './graph/node-inputs.ts';

/** Inputs of GroupQueryAttention that are read token by token: query (or all three in one), key, value. */
const tokenwise = [0, 1, 2];
/** Its inputs that speak of tokens in another way: position_ids, attention_bias. */
const positional = [9, 10];

/**
 * Rewrites a graph of prompts [batch, seq] into one of their distinct tokens [1, tokens]: a token that several prompts share
 * with all that stands before it (the chat template, a jailbreak's wrapper) is computed once, and padding only in attention.
 * Everything but attention works token by token; each attention first lays the tokens out as [batch, seq].
 *
 * `input_ids`, and `position_ids` where the graph has them, become [1, tokens]. New inputs, int64: `packed_rows` [batch, seq],
 * the token that stands at each place of each prompt, and `packed_places` [tokens], a place (row * seq + position) at which
 * each token stands. The attention mask and the cache stay as they were, so a decoding step is a batch of prompts of one token.
 */
export function packPrompts(edit: GraphEdit, graph: GraphProto): void {
  const rows = edit.input('packed_rows', TensorProto_DataType.INT64, ['packed_batch', 'packed_length']);
  const places = edit.input('packed_places', TensorProto_DataType.INT64, ['packed_tokens']);
  const first = edit.int64([0], 'packed_axis');
  const flat = edit.int64([1, -1, 0], 'packed_shape');
  for (const node of attentions(graph)) {
    const readers = edit.readersOf(node.output[0]!);
    node.input = node.input.map((input, i) =>
      input !== '' && tokenwise.includes(i)
        ? edit.node('Squeeze', [edit.node('Gather', [input, rows], 'packed_out', { axis: 1 }), first], 'packed_rowwise')
        : input,
    );
    const tokens = edit.node('Reshape', [node.output[0]!, flat], 'packed_flat');
    edit.redirect(readers, node.output[0]!, edit.node('Gather', [tokens, places], 'packed_back', { axis: 1 }));
  }
}

/** Whether `packPrompts` can lay a graph out: not with other attention operators, biases, or a shape taken from the tokens. */
export function canPackPrompts(graph: GraphProto): boolean {
  const found = attentions(graph);
  return found.length > 0 && found.every(canPack) && !mixesTokens(graph);
}

function attentions(graph: GraphProto): NodeProto[] {
  return graph.node.filter(({ opType }) => opType.endsWith('Attention'));
}

function canPack({ opType, input }: NodeProto): boolean {
  return opType === 'GroupQueryAttention' && positional.every((i) => (input[i] ?? '') === '');
}

/** Whether a shape is taken from the tokens, or numbers that hold for all of them together (int8 activations). */
function mixesTokens(graph: GraphProto): boolean {
  const index = indexGraph(graph);
  return graph.node.some(
    (node) =>
      node.opType === 'DynamicQuantizeLinear' ||
      (node.opType === 'Shape' &&
        [node, ...ancestors(index, node.input[0]!, new Set())].some((each) => nodeInputs(each).includes('input_ids'))),
  );
}
