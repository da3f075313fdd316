import { join } from 'node:path';
import { configFileName } from '../../core/config-file-name.ts';
import type { EvidenceSet } from '../../core/evaluation/data/groups.ts';
import { HumanError } from '../../core/problem.ts';
import { clustersOf } from '../../core/prompts/kinds/clusters.ts';
import type { Prompt } from '../../core/prompts/prompt.ts';
import { firstOfEachLabel } from '../../core/prompts/split/first-of-each-label.ts';
import type { CompareParams } from '../../rpc/worker-api.ts';
import type { Workspace } from '../../workspace/load-workspace.ts';
import { readOtherPrompts } from '../../workspace/other-prompts.ts';
import type { Job } from '../job.ts';
import { encodePrompts } from '../model/encode-prompts.ts';
import type { Model } from '../model/model.ts';
import type { ComparedPrompt } from './rows.ts';

/** The prompts of a comparison, and how many more the model's context does not hold. */
export interface ComparedPrompts {
  readonly prompts: readonly ComparedPrompt[];
  readonly leftOut: number;
}

/**
 * The prompts that a comparison is on: the evaluation's and the goals that the fit held out, or other ones.
 * @throws {HumanError} there are none
 */
export async function comparedPrompts(
  workspace: Workspace,
  heldOutGoals: readonly string[],
  { prompts: others, limit, maxNewTokens }: Pick<CompareParams, 'prompts' | 'limit'> & { maxNewTokens: number },
  { model, job }: { readonly model: Model; readonly job: Job },
): Promise<ComparedPrompts> {
  const { root, fit } = workspace;
  const evaluate = others === undefined ? workspace.evaluate : await readOtherPrompts(root, others, fit, job.problem);
  const heldOut = new Set(others === undefined ? heldOutGoals : []);
  const setOf = new Map<Prompt, EvidenceSet>();
  for (const prompt of firstOfEachLabel(evaluate, limit)) setOf.set(prompt, 'evaluate');
  const goals = fit.filter(({ id }) => heldOut.has(id));
  for (const prompt of firstOfEachLabel(goals, limit)) setOf.set(prompt, 'held-out-goals');
  const clusters = clustersOf([...fit, ...evaluate]);
  const prompts = encodePrompts(model, [...setOf.keys()], maxNewTokens, job.problem).map((one): ComparedPrompt => ({
    ...one,
    set: setOf.get(one.prompt)!,
    clusters: clusters.get(one.prompt.id)!,
  }));
  if (prompts.length > 0) return { prompts, leftOut: setOf.size - prompts.length };
  throw new HumanError({
    file: join(root, configFileName),
    ...workspace.place(['prompts', 'evaluate']),
    message: 'There are no prompts to compare on.',
    fix: 'Name files with some under prompts.evaluate.',
  });
}
