import { readFile, stat } from 'node:fs/promises';
import { listExternalFiles, type ExternalFile } from '../../core/onnx/graph/external-data.ts';
import { readModel, writeModel, type OnnxModel } from '../../core/onnx/graph/onnx-model.ts';
import { splitMerged } from '../../core/onnx/split-merged.ts';
import { HumanError } from '../../core/problem.ts';
import type { ModelFolder } from './model-folder.ts';

/** The graphs of a model folder: one for all, or one for prompts and one for steps, from a file each or both from a merged one. */
export interface ModelGraphs {
  /** What prompts run through. */
  readonly graph: Uint8Array;
  /** What decodes, where the export has a graph of its own for that. */
  readonly steps: Uint8Array | undefined;
  readonly onnx: { readonly prompts: OnnxModel; readonly steps: OnnxModel };
  /** Files of weights beside them. */
  readonly external: readonly ExternalFile[];
}

/** @throws {HumanError} a file that is no ONNX model, is too large, or is merged in a way of its own */
export async function readGraphs(folder: Pick<ModelFolder, 'graph' | 'steps'>): Promise<ModelGraphs> {
  const graph = await readGraph(folder.graph);
  const prompts = readModel(graph, folder.graph);
  if (folder.steps !== undefined) {
    const steps = await readGraph(folder.steps);
    const onnx = { prompts, steps: readModel(steps, folder.steps) };
    return { graph, steps, onnx, external: [onnx.prompts, onnx.steps].flatMap(listExternalFiles) };
  }
  const external = listExternalFiles(prompts);
  const onnx = splitMerged(prompts);
  if (!onnx) return { graph, steps: undefined, onnx: { prompts, steps: prompts }, external };
  return { graph: writeModel(onnx.prompts), steps: writeModel(onnx.steps), onnx, external };
}

async function readGraph(file: string): Promise<Uint8Array> {
  if ((await stat(file)).size <= 2 ** 31) return new Uint8Array(await readFile(file));
  throw new HumanError({
    file,
    message: 'The graph file is over 2 GiB.',
    fix: 'Export the model with external data (weights in a file of their own).',
  });
}
