import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { bakeSteering } from '../../core/onnx/bake-steering.ts';
import { mergeAgain } from '../../core/onnx/split-merged.ts';
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
  const model = await shelf.model(modelSettings(params.workspace, config, params), job);
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
  const files = await writeModelCopy(model.folder, { graph: bytes, weights }, params.out, job);
  return { run, out: params.out, strength: steering.strength, files };
}
