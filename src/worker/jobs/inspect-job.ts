import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { listExternalFiles } from '../../core/onnx/graph/external-data.ts';
import { readModel } from '../../core/onnx/graph/onnx-model.ts';
import type { InspectResult, ModelParams } from '../../rpc/worker-api.ts';
import type { Job } from '../job.ts';
import { modelAloneSettings, type ModelShelf } from '../model/loaded-model.ts';
import { checkStrengthZero } from '../model/strength-zero.ts';

/** `alphasteer inspect`: what the model is made of, and whether strength 0 leaves it bit for bit as it was. */
export async function inspectJob(params: ModelParams, shelf: ModelShelf, job: Job): Promise<InspectResult> {
  const settings = await modelAloneSettings(params, job.problem);
  const model = await shelf.model(settings, job);
  const onnx = readModel(model.graph, model.folder.graph);
  const operators = new Map<string, number>();
  for (const { opType } of onnx.graph.node) operators.set(opType, (operators.get(opType) ?? 0) + 1);
  const sizes = await Promise.all(
    listExternalFiles(onnx).map(async ({ location }) => (await stat(resolve(model.folder.graph, '..', location))).size),
  );
  return {
    model: model.folder.path,
    file: model.folder.graph,
    fingerprint: model.fingerprint,
    dtype: model.folder.dtype,
    layout: model.layout,
    layers: model.layers,
    hiddenSize: model.hiddenSize,
    vocabulary: model.folder.config.vocab_size,
    context: model.folder.config.max_position_embeddings,
    inputs: onnx.graph.input.map(({ name }) => name),
    bytes: sizes.reduce((sum, size) => sum + size, model.graph.length + (model.steps?.length ?? 0)),
    device: model.deviceReport,
    operators: [...operators].sort(([, a], [, b]) => b - a),
    strengthZero: await checkStrengthZero(model, job),
  };
}
