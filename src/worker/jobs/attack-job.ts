import { join } from 'node:path';
import { evenly } from '../../core/evenly-spaced.ts';
import { HumanError } from '../../core/problem.ts';
import { isMalicious, type Prompt } from '../../core/prompts/prompt.ts';
import { judgedRun } from '../../core/evaluation/judged-run.ts';
import { latestReplies } from '../../core/evaluation/replies/latest-replies.ts';
import type { AskedReply, AttackParams, AttackResult } from '../../rpc/worker-api.ts';
import { loadJudge } from '../../workspace/load-judge.ts';
import { loadWorkspace } from '../../workspace/load-workspace.ts';
import { findRun } from '../../workspace/runs/run-folder.ts';
import { readRunRecord } from '../../workspace/runs/run-record.ts';
import { writeFileWhole } from '../../workspace/files/write-file.ts';
import { Stopwatch, type Job } from '../job.ts';
import { judgedReply } from '../compare/judged-reply.ts';
import { modelSettings, type ModelShelf } from '../model/loaded-model.ts';
import { readSteering } from '../fit/steering-file.ts';
import { attacked, promptLine } from '../attack/attacked-prompt.ts';
import { replyToAttacked } from '../attack/reply-to-attacked.ts';
import { searchSuffixes } from '../attack/search-suffixes.ts';

/**
 * `alphasteer attack`: an adaptive attack on the steering itself. For malicious prompts that a comparison found answered by
 * the untouched model and refused by the steered one, suffixes are searched for that bring the score of every steered
 * layer to its threshold or below, where steering leaves a prompt alone; then both reply to prompt and suffix. The control is
 * the random suffix that each search begins with. The attacked prompts are left as a prompt file, for `compare --prompts`.
 */
export async function attackJob(params: AttackParams, shelf: ModelShelf, job: Job): Promise<AttackResult> {
  const watch = new Stopwatch();
  const workspace = await loadWorkspace(params.workspace, job.problem);
  const { config } = workspace;
  const { judge } = await loadJudge(workspace.root, config, job.problem);
  const run = await findRun(params.workspace, params.run);
  const model = await shelf.model(modelSettings(params.workspace, config, params), job);
  const steering = await readSteering(run, model);
  const strength = params.strength ?? steering.strength;
  const maxNewTokens = params.maxNewTokens ?? config.evaluate.maxNewTokens;
  const targets = evenly(
    await refusedBySteering(run, [...workspace.evaluate, ...workspace.fit], strength, job),
    params.goals,
  );
  const chat = await shelf.batchChat(model, steering.layers, steering.layers);
  chat.setSteering(steering);
  watch.lap('load model', `${model.folder.dtype} on ${model.device}`);

  const context = { model, chat, job, maxNewTokens };
  const judged = async (phase: string, prompts: readonly Prompt[], at: number): Promise<AskedReply[]> =>
    (await replyToAttacked(phase, prompts, at, maxNewTokens, context)).map((reply) =>
      judgedReply(reply, model.tokenizer, judge),
    );
  const { thresholds } = steering;
  const limits = { thresholds, queries: params.queries, seed: params.seed ?? config.fit.seed };
  const searches = await searchSuffixes(targets, limits, context);
  watch.lap('search', `${searches.reduce((sum, { search }) => sum + search.queries, 0)} candidates`);

  const prompts = targets.map((prompt, i) => attacked(prompt, searches[i]!.search.best));
  const base = await judged('Base, attacked', prompts, 0);
  const steered = await judged('Steered, attacked', prompts, strength);
  const control = await judged(
    'Steered, random suffix',
    targets.map((prompt, i) => attacked(prompt, searches[i]!.randomSuffix)),
    strength,
  );
  watch.lap('replies', `${3 * targets.length} to attacked prompts`);
  const out = params.out ?? join(run, 'attack.jsonl');
  await writeFileWhole(out, prompts.map(promptLine).join(''));
  return {
    run,
    out,
    strength,
    queries: params.queries,
    prompts: searches.map(({ search: { best, queries, margin, firstMargin } }, i) => ({
      id: targets[i]!.id,
      suffix: best,
      queries,
      slipped: margin <= 0,
      margin,
      randomMargin: firstMargin,
      base: base[i]!,
      steered: steered[i]!,
      randomSuffix: control[i]!,
    })),
    seconds: watch.times(),
  };
}

/** Malicious prompts that the run's comparison found answered without steering and refused with it. */
async function refusedBySteering(
  run: string,
  prompts: readonly Prompt[],
  strength: number,
  job: Job,
): Promise<Prompt[]> {
  const { replies } = judgedRun(await readRunRecord(run, job.problem));
  const { conditions } = latestReplies(replies, strength);
  const byId = (name: string) => new Map((conditions.get(name) ?? []).map((reply) => [reply.id, reply]));
  const [base, steered] = [byId('base'), byId('steered')];
  const targets = prompts.filter(
    ({ id, text, label }) =>
      isMalicious(label) &&
      base.get(id)?.prompt === text &&
      base.get(id)?.verdict === 'complied' &&
      steered.get(id)?.verdict === 'refused',
  );
  if (targets.length > 0) return targets;
  throw new HumanError({
    file: run,
    message:
      base.size === 0
        ? 'This run has no replies yet, so it is not known what steering made the model refuse.'
        : 'No malicious prompt of this run is answered without steering and refused with it: there is nothing to attack.',
    fix: 'Run `alphasteer compare` first, on more prompts.',
  });
}
