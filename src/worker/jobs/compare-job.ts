import { join } from 'node:path';
import { z } from 'zod';
import { configFileName } from '../../core/config.ts';
import { verdicts } from '../../core/judge/verdict.ts';
import { HumanError } from '../../core/problem.ts';
import { labels, type Prompt } from '../../core/prompts/prompt.ts';
import type { Reply } from '../../core/report/summary.ts';
import { summarise } from '../../core/report/summarise.ts';
import { summaryJson } from '../../core/report/summary-json.ts';
import type { CompareParams, CompareResult } from '../../rpc/worker-api.ts';
import { openJsonLines } from '../../workspace/json-lines.ts';
import { loadJudge } from '../../workspace/load-judge.ts';
import { loadWorkspace } from '../../workspace/load-workspace.ts';
import { makeFolder } from '../../workspace/make-folder.ts';
import { findRun, readFitSummary, readManifest, runFiles } from '../../workspace/run-folder.ts';
import { writeFileWhole } from '../../workspace/write-file.ts';
import { encodePrompts } from '../encode-prompts.ts';
import { Stopwatch, type Job } from '../job.ts';
import { judgedReply } from '../judged-reply.ts';
import { modelSettings, type ModelShelf } from '../model-shelf.ts';
import { writeReport } from '../report-file.ts';
import { readSteering } from '../steering-file.ts';

/**
 * `alphasteer compare`: base and steered replies to the evaluation prompts and to the jailbreaks whose goals the fit
 * left out. Both conditions of a prompt are rows of one batch. A reply that `replies.jsonl` already has is not made
 * again, but its batch keeps its shape, so a resumed run gives the same replies.
 */
export async function compareJob(params: CompareParams, shelf: ModelShelf, job: Job): Promise<CompareResult> {
  const watch = new Stopwatch();
  const workspace = await loadWorkspace(params.workspace, job.problem);
  workspace.problems.forEach(job.problem);
  const { config } = workspace;
  const judge = await loadJudge(workspace.root, config, job.problem);
  const run = await findRun(params.workspace, params.run);
  const heldOut = new Set((await readManifest(run)).heldOutGoals);
  const model = await shelf.model(modelSettings(params.workspace, config, params));
  const steering = await readSteering(run, model);
  const fitted = await readFitSummary(run);
  const strength = params.strength ?? steering.strength;
  const maxNewTokens = params.maxNewTokens ?? config.evaluate.maxNewTokens;
  const sets = [
    ...firstOfEach(workspace.evaluate, params.limit).map((prompt) => ({ prompt, set: 'evaluate' as const })),
    ...firstOfEach(
      workspace.fit.filter(({ id }) => heldOut.has(id)),
      params.limit,
    ).map((prompt) => ({ prompt, set: 'held-out-goals' as const })),
  ];
  const setOf = new Map(sets.map(({ prompt, set }) => [prompt.id, set]));
  const encoded = encodePrompts(
    model,
    sets.map(({ prompt }) => prompt),
    maxNewTokens,
    job.problem,
  );
  if (encoded.length === 0) {
    throw new HumanError({
      file: join(workspace.root, configFileName),
      ...workspace.place(['prompts', 'evaluate']),
      message: 'There are no prompts to compare on.',
      fix: 'Name files with some under prompts.evaluate.',
    });
  }
  const chat = await shelf.chat(model, steering.layers, steering.layers);
  chat.setSteering(steering);
  watch.lap('load model', `${model.folder.dtype} on ${model.device}`);

  const out = params.out ?? run;
  await makeFolder(out);
  const file = join(out, runFiles.replies);
  const lines = await openJsonLines(file, parseReply);
  if (lines.torn)
    job.problem({
      severity: 'warning',
      file,
      message: 'The last line was cut off by a crash and is removed.',
      fix: 'Nothing: the reply is made again.',
    });
  for (const line of lines.bad) {
    job.problem({
      severity: 'warning',
      file,
      line,
      message: 'This line is no reply and is ignored.',
      fix: 'Remove it if you did not write it.',
    });
  }
  const work = encoded.flatMap(({ prompt, ids }) => [
    { prompt, ids, condition: 'base' as const, strength: 0 },
    { prompt, ids, condition: 'steered' as const, strength },
  ]);
  const keyOf = (id: string, condition: string, x: number): string => JSON.stringify([id, condition, x]);
  const wanted = new Set(work.map((row) => keyOf(row.prompt.id, row.condition, row.strength)));
  const texts = new Map(work.map(({ prompt }) => [prompt.id, prompt.text]));
  const replies = new Map<string, Reply>();
  for (const reply of lines.rows) {
    const key = keyOf(reply.id, reply.condition, reply.strength);
    if (wanted.has(key) && texts.get(reply.id) === reply.prompt) replies.set(key, reply);
  }
  const reused = replies.size;
  let done = 0;
  try {
    for (const batch of chat.batches(work, maxNewTokens)) {
      const rows = batch.map((i) => work[i]!);
      if (rows.some((row) => !replies.has(keyOf(row.prompt.id, row.condition, row.strength)))) {
        job.progress({ phase: 'Replies', done, total: work.length, unit: 'replies' });
        await job.checkpoint();
        const made = await chat.reply(rows, { maxNewTokens, endTokens: model.tokenizer.endTokens }, job);
        const fresh = rows
          .map(({ prompt, condition, strength: x }, i): Reply => {
            const { reply, tokens, verdict, span } = judgedReply(made[i]!, model.tokenizer, judge);
            return {
              id: prompt.id,
              label: prompt.label,
              ...(prompt.attack !== undefined && { attack: prompt.attack }),
              set: setOf.get(prompt.id)!,
              condition,
              strength: x,
              prompt: prompt.text,
              reply,
              tokens,
              verdict,
              span,
              scores: [...made[i]!.scores],
              activationNorms: [...made[i]!.norms],
              file: prompt.file,
              line: prompt.line,
            };
          })
          .filter((reply) => !replies.has(keyOf(reply.id, reply.condition, reply.strength)));
        await lines.append(fresh);
        for (const reply of fresh) replies.set(keyOf(reply.id, reply.condition, reply.strength), reply);
      }
      done += batch.length;
    }
  } finally {
    await lines.close();
  }
  watch.lap('replies', `${work.length - reused} of ${work.length} made now`);
  const ordered = work.map((row) => replies.get(keyOf(row.prompt.id, row.condition, row.strength))!);
  // The report speaks of the strength that was compared, which need not be the fit's.
  const fit = { ...fitted, strength };
  const summary = summarise(ordered, fit);
  await writeFileWhole(join(out, runFiles.summary), summaryJson(summary));
  const report = join(out, runFiles.report);
  await writeReport(report, {
    summary,
    fit,
    replies: ordered,
    facts: [['Reply length', `${maxNewTokens} tokens at most`]],
  });
  watch.lap('report');
  return { run, report, fit, summary, reused, made: work.length - reused, seconds: watch.times() };
}

/** At most `limit` prompts of each label. */
function firstOfEach(prompts: readonly Prompt[], limit = Infinity): Prompt[] {
  const taken = new Map<string, number>();
  return prompts.filter(({ label }) => {
    const n = (taken.get(label) ?? 0) + 1;
    taken.set(label, n);
    return n <= limit;
  });
}

const replySchema = z.looseObject({
  id: z.string(),
  label: z.enum(labels),
  attack: z.string().optional(),
  set: z.enum(['evaluate', 'held-out-goals']),
  condition: z.string(),
  strength: z.number(),
  prompt: z.string(),
  reply: z.string(),
  tokens: z.number(),
  verdict: z.enum(verdicts),
  span: z.tuple([z.number(), z.number()]).nullable(),
  scores: z.array(z.number()),
  activationNorms: z.array(z.number()),
  file: z.string(),
  line: z.number(),
});

function parseReply(value: unknown): Reply | undefined {
  return replySchema.safeParse(value).success ? (value as Reply) : undefined;
}
