import { HumanError } from '../../problem.ts';
import { findResidualStream } from './find-residual-stream.ts';
import type { OnnxModel } from '../graph/onnx-model.ts';
import type { ResidualStream } from './residual-stream.ts';

/**
 * Maps the residual stream by the graph's structure: the additive chain from the embedding to the final norm, with
 * exactly 2L sums, or L where attention and MLP are parallel. Names are looked at only where they are the export's interface: its inputs and outputs.
 * @throws {HumanError} when the graph can't be mapped, saying what was found; never guesses
 */
export function mapResidualStream(model: OnnxModel): ResidualStream {
  const stream = findResidualStream(model.graph);
  if (typeof stream !== 'string') return stream;
  if (model.proto.metadataProps.some(({ key }) => key === bakedBy)) {
    throw new HumanError({
      file: model.file,
      message:
        'This model was exported with its steering inside, so that its residual stream cannot be mapped any more.',
      fix: 'Use the model that it was exported from.',
    });
  }
  throw new HumanError({
    file: model.file,
    message: `The residual stream of this graph can't be mapped: ${stream}. Found ${countOperators(model)}.`,
    fix:
      'Use an export for text generation with a KV cache, made by optimum (text-generation-with-past) or the ' +
      'onnxruntime-genai model builder. If it is one, report the model, its exporter and this message.',
  });
}

/** The metadata of a model that `export --to onnx` wrote. */
export const bakedBy = 'alphasteer';

const telling = /Norm|Attention|MatMul|Gather|^Add$|^Pow$|^ReduceMean$|^Cast$/;

/** For example `60 SkipSimplifiedLayerNormalization, 30 GroupQueryAttention`: what decides about a layout. */
function countOperators({ graph }: OnnxModel): string {
  const counts = new Map<string, number>();
  for (const { opType } of graph.node) if (telling.test(opType)) counts.set(opType, (counts.get(opType) ?? 0) + 1);
  const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, 10);
  const list = most.map(([opType, count]) => `${count} ${opType}`).join(', ');
  return list === '' ? `${graph.node.length} nodes, none of a transformer's operators among them` : list;
}
