import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job } from '../../../src/worker/job.ts';

export const quickstart = join(import.meta.dirname, '../../../examples/quickstart');
export const quickstartModel = join(quickstart, 'model');

/** The quickstart's fit prompts by their id. */
export function fitPrompts(): ReadonlyMap</* id */ string, string> {
  const rows = ['benign', 'borderline', 'harmful', 'jailbreak'].flatMap((name) =>
    readFileSync(join(quickstart, 'prompts', `${name}.jsonl`), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as { id: string; prompt: string }),
  );
  return new Map(rows.map(({ id, prompt }) => [id, prompt]));
}

/** A job that nobody listens to or stops. */
export const unwatched: Job = {
  progress: () => undefined,
  problem: () => undefined,
  text: () => undefined,
  log: () => undefined,
  checkpoint: () => Promise.resolve(),
};
