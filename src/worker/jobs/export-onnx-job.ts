import { basename } from 'node:path';
import { listExternalFiles } from '../../core/onnx/external-data.ts';
import { bakeSteering } from '../../core/onnx/bake-steering.ts';
import { readModel } from '../../core/onnx/onnx-model.ts';
import type { ExportOnnxParams, ExportOnnxResult } from '../../rpc/worker-api.ts';
import { loadConfig } from '../../workspace/load-workspace.ts';
import { findRun } from '../../workspace/run-folder.ts';
import type { Job } from '../job.ts';
import { modelSettings, type ModelShelf } from '../model-shelf.ts';
import { readSteering } from '../steering-file.ts';
import { writeModelCopy } from '../write-model-copy.ts';

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
  const { graph } = model.folder;
  const weights = listExternalFiles(readModel(model.graph, graph)).map(({ location }) => location);
  const bytes = bakeSteering(model.graph, graph, steering, note);
  const files = await writeModelCopy(model.folder, { graph: bytes, weights }, params.out, job);
  return { run, out: params.out, strength: steering.strength, files };
}
