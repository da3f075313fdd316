import { dirname } from 'node:path';
import { readModelPorts } from '../../../src/core/onnx/model-ports.ts';
import { cacheNames } from '../../../src/worker/session/kv-cache.ts';
import type { ModelFolder } from '../../../src/worker/model-files/model-folder.ts';
import { readGraphs } from '../../../src/worker/model-files/model-graphs.ts';
import type { SessionModel } from '../../../src/worker/session/model-session.ts';
import { placeOfWeights } from '../../../src/worker/model-files/weights-place.ts';

/** What sessions are made from, of a tiny f32 model of two layers, on the CPU. */
export async function sessionModel(
  files: Pick<ModelFolder, 'graph' | 'steps'>,
  { headDim, d, vocabulary }: { headDim: number; d: number; vocabulary: number },
): Promise<SessionModel> {
  const { graph, steps, onnx, external } = await readGraphs(files);
  const ports = readModelPorts(onnx.prompts, onnx.steps);
  return {
    folder: {
      path: dirname(files.graph),
      ...files,
      dtype: 'fp32',
      config: {
        model_type: 'tiny',
        hidden_size: d,
        num_hidden_layers: 2,
        num_attention_heads: 4,
        vocab_size: vocabulary,
        max_position_embeddings: 64,
      },
      endTokens: [],
    },
    graph,
    steps,
    hiddenSize: d,
    ports,
    kv: {
      names: cacheNames(ports.cache),
      heads: Number(ports.cache[0]!.key.dims[1]),
      size: headDim,
      type: 'float32',
      appends: ports.appendsByRow,
    },
    weights: await placeOfWeights(files.graph, external),
    weightBytes: graph.length + external.reduce((sum, { bytes }) => sum + bytes, 0),
    device: 'cpu',
    threads: 2,
  };
}
