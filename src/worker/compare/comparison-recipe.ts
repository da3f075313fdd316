import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JudgeIdentity } from '../../core/evaluation/data/judge-facts.ts';
import { judgeVersion } from '../../core/judge/judge.ts';
import { runFiles } from '../../workspace/runs/run-folder.ts';
import type { Model } from '../model/model.ts';

/**
 * What decides a reply beside its prompt, its strength and its batch, hashed. The rules of the judge do where they end it:
 * by others it may have to go on.
 */
export async function comparisonRecipe(
  model: Pick<Model, 'fingerprint' | 'device'>,
  run: string,
  maxNewTokens: number,
  stoppedBy: JudgeIdentity | undefined,
): Promise<string> {
  const stop = stoppedBy === undefined ? [] : [judgeVersion, stoppedBy.sha256];
  const hash = createHash('sha256').update(JSON.stringify([model.fingerprint, model.device, maxNewTokens, ...stop]));
  return hash
    .update(await readFile(join(run, runFiles.steering)))
    .digest('hex')
    .slice(0, 16);
}
