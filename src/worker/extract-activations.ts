import type { ActivationCache } from './activation-cache.ts';
import type { Encoded } from './encode-prompts.ts';
import type { Job } from './job.ts';
import { openExtractionSession, type Model } from './model-host.ts';
import { requireFinite } from './require-finite.ts';

/** Puts the activations of `rows` at `layers` into the cache, those that are not there yet; a kill loses one batch. */
export async function extractActivations(
  rows: readonly Encoded[],
  layers: readonly number[],
  { model, cache, job }: { model: Model; cache: ActivationCache; job: Job },
): Promise<void> {
  const todo = rows.filter(({ hash }) => !cache.has(hash));
  if (todo.length === 0) return;
  const session = await openExtractionSession(model, layers);
  try {
    let done = 0;
    for (const batch of session.batches(todo.map(({ ids }) => ids))) {
      job.progress({ phase: 'Activations', done, total: todo.length, unit: 'prompts' });
      await job.checkpoint();
      const values = await session.run(batch.map((i) => todo[i]!.ids));
      for (const row of values) requireFinite(row, layers, model);
      await cache.put(batch.map((i, k) => ({ id: todo[i]!.hash, values: values[k]! })));
      done += batch.length;
    }
  } finally {
    await session.release();
  }
}
