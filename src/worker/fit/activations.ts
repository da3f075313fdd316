import type { ActivationCache } from './activation-cache.ts';
import type { Tokens } from '../model/encode-prompts.ts';
import type { Job } from '../job.ts';
import type { Model } from '../model/model.ts';
import { openBatchExtraction } from '../lanes/open-lanes.ts';
import { requireFinite } from '../session/require-finite.ts';

/** The residual stream of one prompt, [layers * d], and which of the prompts given it is. */
interface Activation {
  readonly row: number;
  readonly values: Float32Array;
}

/**
 * Runs prompts through the model up to the highest of `layers`, as many batches at a time as there are lanes, and hands
 * each batch to `take`.
 * @throws {HumanError} a layer gives numbers that are not finite
 * @throws {CancelledError}
 */
export async function eachActivation(
  rows: readonly Pick<Tokens, 'ids'>[],
  layers: readonly number[],
  { model, job }: { model: Model; job: Job },
  take: (batch: readonly Activation[]) => Promise<void> | void,
): Promise<void> {
  const session = await openBatchExtraction(model, layers, rows.length);
  try {
    let done = 0;
    const batches = session.batches(rows.map(({ ids }) => ids));
    for (let first = 0; first < batches.length; first += session.together) {
      job.progress({ phase: 'Activations', done, total: rows.length, unit: 'prompts' });
      await job.checkpoint();
      const some = batches.slice(first, first + session.together);
      const made = await session.run(some.map((batch) => batch.map((row) => rows[row]!.ids)));
      for (const [k, batch] of some.entries()) {
        for (const values of made[k]!) requireFinite(values, layers, model);
        await take(batch.map((row, i) => ({ row, values: made[k]![i]! })));
        done += batch.length;
      }
    }
  } finally {
    await session.release();
  }
}

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
