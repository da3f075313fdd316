import { basename } from 'node:path';
import { importedLayers, type ImportedLayer } from '../../core/formats/authors/imported-layers.ts';
import { readSteeringMatrices } from '../../core/formats/authors/read-steering-matrix.ts';
import { HumanError } from '../../core/problem.ts';
import { firstOfEachLabel } from '../../core/prompts/split/first-of-each-label.ts';
import { isMalicious } from '../../core/prompts/prompt.ts';
import type { Imported } from '../../core/evaluation/data/run-fit.ts';
import { importedMeasure, scaledToMalicious } from '../../core/fit/imported-layer.ts';
import type { ImportParams, ImportResult } from '../../rpc/worker-api.ts';
import { withFileSource } from '../../workspace/files/file-source.ts';
import { loadJudge } from '../../workspace/load-judge.ts';
import { loadWorkspace } from '../../workspace/load-workspace.ts';
import { writeRunFit } from '../../workspace/runs/fit-file.ts';
import { openRunFolder, writeManifest } from '../../workspace/runs/run-folder.ts';
import { eachActivation } from '../fit/activations.ts';
import { encodePrompts, type Encoded } from '../model/encode-prompts.ts';
import type { Job } from '../job.ts';
import { manifestFacts } from '../fit/manifest-facts.ts';
import type { Model } from '../model/model.ts';
import { modelSettings, type ModelShelf } from '../model/loaded-model.ts';
import { shortHash } from '../model-files/short-hash.ts';
import { writeSteering } from '../fit/steering-file.ts';

/** Prompts of each label that say which way a score points and how large it is. */
const perLabel = 64;

/**
 * `alphasteer import`: the authors' `steering_matrix_*.pt` as a run, which compare and ask take like a fitted one. The
 * product w rᵀ does not tell the sign or the size of its factors: scores are made to be 1 on average for malicious
 * prompts of the workspace, as a fit's are, and r takes up the rest.
 */
export async function importJob(params: ImportParams, shelf: ModelShelf, job: Job): Promise<ImportResult> {
  if (params.strength >= 0) {
    throw new HumanError({
      message: `The strength of the authors' settings is negative where it refuses; ${params.strength} is not.`,
      fix: 'Give it as it stands there, such as --strength=-0.4.',
    });
  }
  const workspace = await loadWorkspace(params.workspace, job.problem);
  workspace.problems.forEach(job.problem);
  const { identity: rules, measure } = await loadJudge(workspace.root, workspace.config, job.problem);
  const model = await shelf.model(modelSettings(params.workspace, workspace.config, params), job);
  const { file } = params;
  const found = await withFileSource(file, async (source) => {
    const matrices = await readSteeringMatrices(source, file);
    if (matrices.layers !== model.layers || matrices.d !== model.hiddenSize) {
      throw new HumanError({
        file,
        message: `The matrices are of a model with ${matrices.layers} layers of ${matrices.d} dimensions; this one has ${model.layers} of ${model.hiddenSize}.`,
        fix: 'Name the model they were made for (--model).',
      });
    }
    return importedLayers(matrices, file, params, job.problem);
  });
  const rows = encodePrompts(model, firstOfEachLabel(workspace.fit, perLabel), 0, job.problem);
  if (!rows.some(({ prompt }) => isMalicious(prompt.label))) {
    throw new HumanError({
      message: 'There are no malicious prompts in this workspace, which say what score of the file stands for one.',
      fix: 'Name some under prompts.fit.',
    });
  }
  const activations = await residuals(model, found, rows, job);
  const labels = rows.map(({ prompt }) => prompt.label);
  const layers = found.map((layer, k) => scaledToMalicious(layer, labels, activations[k]!));
  const strength = -params.strength;
  const steered = layers.map(({ layer }) => layer);

  const key = shortHash([model.fingerprint, steered, strength, layers.map(({ w }) => [...w])]);
  const run = await openRunFolder(workspace.root, key, new Date(), params.out);
  const flat = (of: (layer: ImportedLayer) => Float64Array): Float32Array =>
    Float32Array.from(layers.flatMap((layer) => [...of(layer)]));
  await writeSteering(
    run,
    {
      layers: steered,
      w: flat(({ w }) => w),
      r: flat(({ r }) => r),
      thresholds: new Float32Array(layers.length).fill(-Infinity),
      strength,
    },
    model,
    { imported: basename(file) },
  );
  const fit: Imported = {
    format: 'alphasteer-fit/5',
    kind: 'imported',
    file: basename(file),
    prompts: rows.length,
    model: model.fingerprint,
    dtype: model.folder.dtype,
    device: model.device,
    layers: steered,
    strength,
    hiddenSize: model.hiddenSize,
    perLayer: layers.map((layer, k) => importedMeasure(layer, labels, activations[k]!, strength)),
    margins: workspace.config.evaluate.margins,
    judge: measure,
    warnings: [],
  };
  await writeRunFit(run, fit);
  await writeManifest(run, {
    format: 'alphasteer-run/1',
    key,
    state: 'fitted',
    created: new Date().toISOString(),
    ...manifestFacts(model, rules, workspace.config.evaluate.margins),
    imported: basename(file),
    heldOutGoals: [],
  });
  return { run, fit, outsideRankOne: found.map(({ layer, outside }) => ({ layer, outside })) };
}

/** Per layer, the residual stream [d] of each row. */
async function residuals(
  model: Model,
  layers: readonly ImportedLayer[],
  rows: readonly Encoded[],
  job: Job,
): Promise<Float32Array[][]> {
  const values: Float32Array[] = [];
  const tapped = layers.map(({ layer }) => layer);
  await eachActivation(rows, tapped, { model, job }, (batch) => {
    for (const { row, values: own } of batch) values[row] = own;
  });
  const d = model.hiddenSize;
  return layers.map((_, k) => values.map((row) => row.subarray(k * d, (k + 1) * d)));
}
