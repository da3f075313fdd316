import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { isHubId } from '../../core/hub-id.ts';
import { bakeSteering } from '../../core/onnx/bake-steering.ts';
import { mergeAgain } from '../../core/onnx/split-merged.ts';
import { steeredModelReadme } from '../../core/report/exports/steered-model-readme.ts';
import type { ExportOnnxParams, ExportOnnxResult } from '../../rpc/worker-api.ts';
import { loadConfig } from '../../workspace/load-workspace.ts';
import { findRun } from '../../workspace/runs/run-folder.ts';
import type { Job } from '../job.ts';
import { modelSettings, type ModelShelf } from '../model/loaded-model.ts';
import { readSteering } from '../fit/steering-file.ts';
import { writeModelCopy } from '../model-files/write-model-copy.ts';

/** `alphasteer export --to onnx`: the model with its steering inside, as an ordinary model folder. */
export async function exportOnnxJob(params: ExportOnnxParams, shelf: ModelShelf, job: Job): Promise<ExportOnnxResult> {
  const { config } = await loadConfig(params.workspace, job.problem);
  const run = await findRun(params.workspace, params.run);
  const settings = modelSettings(params.workspace, config, params);
  const model = await shelf.model(settings, job);
  const steering = await readSteering(run, model);
  const note = JSON.stringify({
    run: basename(run),
    model: model.fingerprint,
    layers: steering.layers,
    strength: steering.strength,
  });
  const { graph, steps } = model.folder;
  const weights = [
    ...model.external.map(({ location }) => location),
    ...(steps === undefined ? [] : [basename(steps)]),
  ];
  const baked = bakeSteering(model.graph, graph, steering, note);
  const isMerged = model.steps !== undefined && steps === undefined;
  const bytes = isMerged ? mergeAgain(await readFile(graph), graph, baked) : baked;
  const readme = steeredModelReadme({
    // A path says where someone's files lie, and nothing to who gets the model.
    base: isHubId(settings.name) ? settings.name : basename(settings.path),
    architecture: model.folder.config.model_type,
    dtype: model.folder.dtype,
    fingerprint: model.fingerprint,
    modelLayers: model.layers,
    hiddenSize: model.hiddenSize,
    run: basename(run),
    strength: steering.strength,
    layers: steering.layers.map((layer, k) => ({ layer, threshold: steering.thresholds[k]! })),
  });
  const files = await writeModelCopy(model.folder, { graph: bytes, weights, readme }, params.out, job);
  return { run, out: params.out, strength: steering.strength, files };
}
