import type { ActivationCache } from './activation-cache.ts';
import { eachActivation } from './each-activation.ts';
import type { Tokens } from '../model/encode-prompts.ts';
import type { Job } from '../job.ts';
import type { Model } from '../model/model.ts';

/** Puts the activations of `rows` at `layers` into the cache, those that are not there yet; a kill loses one batch. */
export async function extractActivations(
  rows: Iterable<Tokens>,
  layers: readonly number[],
  { model, cache, job }: { model: Model; cache: ActivationCache; job: Job },
): Promise<void> {
  const todo: Tokens[] = [];
  for (const row of rows) if (!cache.has(row.hash)) todo.push(row);
  if (todo.length === 0) return;
  await eachActivation(todo, layers, { model, job }, (batch) =>
    cache.put(batch.map(({ row, values }) => ({ id: todo[row]!.hash, values }))),
  );
}
