import { join } from 'node:path';
import { steeringMargin, suffixSearch, type SuffixSearch } from '../../core/attack/suffix-search.ts';
import { evenly } from '../../core/evenly-spaced.ts';
import { HumanError } from '../../core/problem.ts';
import { isMalicious, type Prompt } from '../../core/prompts/prompt.ts';
import { seededRandom } from '../../core/prompts/split/seeded-random.ts';
import { judgedRun } from '../../core/evaluation/judged-run.ts';
import { latestReplies } from '../../core/evaluation/replies/latest-replies.ts';
import type { AskedReply, AttackParams, AttackResult } from '../../rpc/worker-api.ts';
import { loadJudge } from '../../workspace/load-judge.ts';
import { loadWorkspace } from '../../workspace/load-workspace.ts';
import { findRun } from '../../workspace/runs/run-folder.ts';
import { readRunRecord } from '../../workspace/runs/run-record.ts';
import { writeFileWhole } from '../../workspace/files/write-file.ts';
import type { RawReply } from '../session/raw-reply.ts';
import { encodePrompts } from '../model/encode-prompts.ts';
import { Stopwatch, type Job } from '../job.ts';
import { judgedReply } from '../compare/judged-reply.ts';
import { modelSettings, type ModelShelf } from '../model/loaded-model.ts';
import { readSteering } from '../fit/steering-file.ts';
import { suffixTokens } from '../attack/suffix-tokens.ts';

/** Candidates of one search in a round. */
const perRound = 8;

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
  const { tokenizer } = model;
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

  const replies = async (
    phase: string,
    prompts: readonly Prompt[],
    at: number,
    tokens: number,
  ): Promise<RawReply[]> => {
    const rows = encodePrompts(model, prompts, maxNewTokens, job.problem).map(({ ids }) => ({ ids, strength: at }));
    if (rows.length < prompts.length)
      throw new HumanError({
        message: "A prompt and its suffix do not fit into the model's context (see above).",
        fix: 'Shorten the prompt, or ask for shorter replies with --max-new-tokens.',
      });
    const made: RawReply[] = [];
    let done = 0;
    const options = { maxNewTokens: tokens, endTokens: tokenizer.endTokens };
    for (const batch of chat.batches(rows, tokens)) {
      job.progress({ phase, done, total: rows.length, unit: tokens === 1 ? 'candidates' : 'replies' });
      await job.checkpoint();
      const asked = batch.map((i) => rows[i]!);
      for (const [at, reply] of (await chat.reply(asked, options, job)).entries()) made[batch[at]!] = reply;
      done += batch.length;
    }
    return made;
  };
  const judged = async (phase: string, prompts: readonly Prompt[], at: number): Promise<AskedReply[]> =>
    (await replies(phase, prompts, at, maxNewTokens)).map((reply) => judgedReply(reply, tokenizer, judge));

  const tokens = suffixTokens(tokenizer, model.folder.config.vocab_size);
  const seed = params.seed ?? config.fit.seed;
  const searches = targets.map((_, i) =>
    suffixSearch(tokens, (ids) => tokenizer.decode(ids), params.queries, seededRandom(seed + i)),
  );
  const beginnings = searches.map(({ best }) => best);
  const open = (): [SuffixSearch, Prompt][] =>
    searches.flatMap((search, i) =>
      search.margin > 0 && search.queries < params.queries ? [[search, targets[i]!]] : [],
    );
  for (let live = open(); live.length > 0; live = open()) {
    const phase = `Search, ${targets.length - live.length} of ${targets.length} done, ${live[0]![0].queries} of ${params.queries} candidates each`;
    const asked = live.flatMap(([search, prompt]) =>
      search.propose(perRound).map((suffix) => attacked(prompt, suffix)),
    );
    // Below all thresholds a prompt is not steered, so the untouched model's scores say whether it gets there.
    const scored = await replies(phase, asked, 0, 1);
    live.forEach(([search], i) =>
      search.accept(
        scored.slice(i * perRound, (i + 1) * perRound).map(({ scores }) => steeringMargin(scores, steering.thresholds)),
      ),
    );
  }
  watch.lap('search', `${searches.reduce((sum, { queries }) => sum + queries, 0)} candidates`);

  const prompts = targets.map((prompt, i) => attacked(prompt, searches[i]!.best));
  const base = await judged('Base, attacked', prompts, 0);
  const steered = await judged('Steered, attacked', prompts, strength);
  const control = await judged(
    'Steered, random suffix',
    targets.map((prompt, i) => attacked(prompt, beginnings[i]!)),
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
    prompts: searches.map(({ best, queries, margin, firstMargin }, i) => ({
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

function attacked(prompt: Prompt, suffix: string): Prompt {
  const { id, text } = prompt;
  return {
    ...prompt,
    id: `${id}-suffix`,
    text: `${text} ${suffix}`,
    label: 'jailbreak',
    attack: 'suffix-search',
    goal: text,
  };
}

/** A line of a prompt file. */
function promptLine({ id, text, earlier, label, attack, goal }: Prompt): string {
  const asked = earlier === undefined ? { prompt: text } : { messages: [...earlier, { role: 'user', content: text }] };
  return `${JSON.stringify({ id, ...asked, label, attack, goal })}\n`;
}
