import { dirname, relative, resolve } from 'node:path';
import { HumanError } from '../../core/problem.ts';
import { writeSafetensors } from '../../core/formats/safetensors.ts';
import type { ActivationsParams, ActivationsResult } from '../../rpc/worker-api.ts';
import { readPromptFile } from '../../workspace/load-workspace.ts';
import { writeFileWhole } from '../../workspace/files/write-file.ts';
import { eachActivation } from '../fit/activations.ts';
import { encodePrompts } from '../model/encode-prompts.ts';
import { Stopwatch, type Job } from '../job.ts';
import { modelAloneSettings, type ModelShelf } from '../model/loaded-model.ts';

/** `alphasteer activations`: tensor `activations` f32 [n, layers, d], rows in the file's order. */
export async function activationsJob(
  params: ActivationsParams,
  shelf: ModelShelf,
  job: Job,
): Promise<ActivationsResult> {
  const watch = new Stopwatch();
  const settings = await modelAloneSettings(params, job.problem);
  // A row's label doesn't matter here, so rows without one are as good as any.
  const file = relative(dirname(params.file), params.file);
  const parsed = await readPromptFile(dirname(params.file), file, { label: 'benign' });
  parsed.problems.forEach((problem) => job.problem({ ...problem, file: params.file }));
  const model = await shelf.model(settings, job);
  const encoded = encodePrompts(model, parsed.prompts.slice(0, params.limit), 0, job.problem);
  if (encoded.length === 0) {
    throw new HumanError({
      file: params.file,
      message: 'There is no usable prompt in this file.',
      fix: 'See the problems above.',
    });
  }
  watch.lap('load model', model.device);
  const width = params.layers.length * model.hiddenSize;
  const data = new Float32Array(encoded.length * width);
  await eachActivation(encoded, params.layers, { model, job }, (batch) => {
    for (const { row, values } of batch) data.set(values, row * width);
  });
  watch.lap('activations', `${encoded.length} prompts, ${params.layers.length} layers`);
  const shape = [encoded.length, params.layers.length, model.hiddenSize] as const;
  const metadata = {
    format: 'alphasteer-activations/1',
    model: model.fingerprint,
    dtype: model.folder.dtype,
    device: model.device,
    layers: params.layers.join(','),
    ids: JSON.stringify(encoded.map(({ prompt }) => prompt.id)),
  };
  const out = resolve(params.out);
  await writeFileWhole(out, writeSafetensors({ tensors: { activations: { shape, data } }, metadata }));
  watch.lap('write');
  return { out, shape, seconds: watch.times() };
}
