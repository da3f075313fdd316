import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { configFileName } from '../../core/config-file-name.ts';
import { conditionsOf } from '../../core/controls/controls.ts';
import { judgeVersion } from '../../core/judge/judge.ts';
import type { Judgement } from '../../core/judge/verdict.ts';
import { HumanError, problemSentence } from '../../core/problem.ts';
import { clustersOf, type Clusters } from '../../core/prompts/kinds/clusters.ts';
import { firstOfEachLabel } from '../../core/prompts/split/first-of-each-label.ts';
import type { EvidenceSet } from '../../core/evaluation/data/groups.ts';
import type { JudgeFacts, JudgeIdentity } from '../../core/evaluation/data/judge-facts.ts';
import { judgedRun } from '../../core/evaluation/judged-run.ts';
import type { Reply } from '../../core/evaluation/data/summary.ts';
import { summaryJson } from '../../core/evaluation/summary-json.ts';
import type { AskedReply, CompareParams, CompareResult } from '../../rpc/worker-api.ts';
import { marginProblems } from '../../workspace/runs/fixed-margins.ts';
import { loadJudge } from '../../workspace/load-judge.ts';
import { loadWorkspace } from '../../workspace/load-workspace.ts';
import { readOtherPrompts } from '../../workspace/other-prompts.ts';
import { makeFolder } from '../../workspace/files/make-folder.ts';
import { readRunFit } from '../../workspace/runs/fit-file.ts';
import { findRun, readManifest, runFiles, writeManifest } from '../../workspace/runs/run-folder.ts';
import { readRunRecord } from '../../workspace/runs/run-record.ts';
import { writeReport } from '../../workspace/runs/report-file.ts';
import { writeFileWhole } from '../../workspace/files/write-file.ts';
import type { PromptRow } from '../session/chat-session.ts';
import type { RawReply } from '../session/raw-reply.ts';
import { controlPlans } from '../compare/controls/control-plans.ts';
import { replyRecipe } from '../compare/controls/reply-recipe.ts';
import { requireFitted } from '../compare/controls/require-fitted.ts';
import { encodePrompts, type Encoded } from '../model/encode-prompts.ts';
import { enoughWhere } from '../compare/early-stop.ts';
import { floorPerKind, floorSample } from '../compare/floor-sample.ts';
import { software } from '../model/runtime.ts';
import { Stopwatch, type Job } from '../job.ts';
import { judgedReply } from '../compare/judged-reply.ts';
import type { Model } from '../model/model.ts';
import { modelSettings, type ModelShelf } from '../model/loaded-model.ts';
import { openReplyLog, type Asked } from '../compare/reply-log.ts';
import { shortHash } from '../model-files/short-hash.ts';
import { readTrustMeasure, trustOf, type Trust } from '../fit/trust-file.ts';
import { readSteering } from '../fit/steering-file.ts';

interface Compared extends Encoded {
  readonly set: EvidenceSet;
  readonly clusters: Clusters;
}

type AboutRow = Omit<Reply, keyof Judgement | 'reply' | 'tokens' | 'scores' | 'activationNorms'>;

interface Row extends Asked {
  readonly set: EvidenceSet;
  readonly clusters: Clusters;
  readonly asked: PromptRow;
}

/**
 * `alphasteer compare`: base and steered replies to the evaluation prompts and to the jailbreaks whose goals the fit
 * left out. Prompts that no layer steers, their scores being at or below its threshold, keep the base reply: the steered
 * graph gives its bits (test/worker/onnx), so it is not made twice. To a sample of the prompts base replies once more, each
 * alone in its batch: what changes with the batch's shape is the floor under what steering changes. A reply that
 * `replies.jsonl` already has is not written again, but its batch keeps its schedule: a resumed run gives the same replies.
 * With `evaluate.earlyStop` a reply ends once no continuation can be refused; such replies are never taken for whole ones.
 * What people said of replies in the report (`overrides.jsonl`) counts in place of the rules' verdicts.
 */
export async function compareJob(params: CompareParams, shelf: ModelShelf, job: Job): Promise<CompareResult> {
  const watch = new Stopwatch();
  const workspace = await loadWorkspace(params.workspace, job.problem);
  workspace.problems.forEach(job.problem);
  const { config } = workspace;
  const wanted = conditionsOf(params.controls ?? config.evaluate.controls);
  const { judge, refusalRuledOut, ...judgeFacts } = await loadJudge(workspace.root, config, job.problem);
  const run = await findRun(params.workspace, params.run);
  const manifest = await readManifest(run);
  const runFit = await readRunFit(run);
  const place = (path: readonly string[]) => ({ file: join(workspace.root, configFileName), ...workspace.place(path) });
  const asked = params.controls === undefined ? place(['evaluate', 'controls']) : { file: run };
  const fitted = wanted.length === 0 ? undefined : requireFitted(runFit, asked);
  const heldOut = new Set(manifest.heldOutGoals);
  const model = await shelf.model(modelSettings(params.workspace, config, params), job);
  const steering = await readSteering(run, model);
  const measure = await readTrustMeasure(run);
  const changedMargins = marginProblems(runFit.margins, manifest.marginsHash, config.evaluate.margins, {
    file: join(workspace.root, configFileName),
    ...workspace.place(['evaluate', 'margins']),
  });
  changedMargins.forEach(job.problem);
  const strength = params.strength ?? steering.strength;
  const maxNewTokens = params.maxNewTokens ?? config.evaluate.maxNewTokens;
  const { prompts } = params;
  if (prompts !== undefined && params.out === undefined)
    throw new HumanError({
      message: 'A comparison on other prompts needs a folder of its own.',
      fix: 'Name one with --out, so that the run keeps its own replies and report.',
    });
  const evaluate =
    prompts === undefined
      ? workspace.evaluate
      : await readOtherPrompts(workspace.root, prompts, workspace.fit, job.problem);
  const sets = [
    ...firstOfEachLabel(evaluate, params.limit).map((prompt) => ({ prompt, set: 'evaluate' as const })),
    ...firstOfEachLabel(
      prompts === undefined ? workspace.fit.filter(({ id }) => heldOut.has(id)) : [],
      params.limit,
    ).map((prompt) => ({ prompt, set: 'held-out-goals' as const })),
  ];
  const setOf = new Map(sets.map(({ prompt, set }) => [prompt.id, set]));
  const clusters = clustersOf([...workspace.fit, ...evaluate]);
  const encoded = encodePrompts(
    model,
    sets.map(({ prompt }) => prompt),
    maxNewTokens,
    job.problem,
  ).map((one): Compared => ({ ...one, set: setOf.get(one.prompt.id)!, clusters: clusters.get(one.prompt.id)! }));
  if (encoded.length === 0) {
    throw new HumanError({
      file: join(workspace.root, configFileName),
      ...workspace.place(['prompts', 'evaluate']),
      message: 'There are no prompts to compare on.',
      fix: 'Name files with some under prompts.evaluate.',
    });
  }
  const out = params.out ?? run;
  await makeFolder(out);
  watch.lap('load model', `${model.folder.dtype} on ${model.device}`);
  const controls =
    fitted === undefined
      ? undefined
      : await controlPlans(
          wanted,
          encoded,
          { run, workspace, manifest, steering, fitted, maxNewTokens, rules: judgeFacts.identity },
          { model, shelf, job, judge },
        );
  if (wanted.length > 0) watch.lap('fit controls', `${wanted.length} controls`);
  const open = config.evaluate.earlyStop ? shelf.chat : shelf.batchChat;
  const chat = await open(model, steering.layers, steering.layers);
  chat.setSteering(steering);

  const { earlyStop } = config.evaluate;
  const sampled = floorSample(encoded);
  const compares = shortHash([
    [encoded, sampled].map((some) => some.map(({ prompt }) => prompt.id)),
    strength,
    (controls?.plans ?? []).map(({ control: { chosen } }) => [chosen.condition, chosen.strength]),
  ]);
  const recipe = `${await recipeOf(model, run, maxNewTokens, earlyStop ? judgeFacts.identity : undefined)}+${compares}`;
  const rowOf = ({ prompt, set, clusters, ids }: Compared, condition: string, at: number): Row => ({
    prompt,
    set,
    clusters,
    condition,
    strength: at,
    recipe,
    asked: { ids, strength: at },
  });
  const base = encoded.map((row) => rowOf(row, 'base', 0));
  const steered = encoded.map((row) => rowOf(row, 'steered', strength));
  const again = sampled.map((row) => rowOf(row, 'base-again', 0));
  const ofControls = (controls?.plans ?? []).map(({ control, rows: asked }) => ({
    control,
    rows: encoded
      .filter(({ prompt }) => asked.has(prompt.id))
      .map((row) => ({
        ...rowOf(row, control.chosen.condition, control.chosen.strength),
        recipe: `${recipe}-${replyRecipe(control)}`,
        acts: asked.get(row.prompt.id) !== null,
        asked: asked.get(row.prompt.id) ?? { ids: row.ids, strength: 0 },
      })),
  }));
  const rows = [...base, ...steered, ...again, ...ofControls.flatMap((control) => control.rows)];
  const leftOut = sets.length - encoded.length;
  const compared = {
    at: new Date().toISOString(),
    strength,
    maxNewTokens,
    ...(earlyStop && { earlyStop }),
    ...(leftOut > 0 && { leftOut }),
    floor: { n: again.length, perKind: floorPerKind },
    software: software(model.threads),
  };
  const facts: JudgeFacts = { ...judgeFacts.identity, measure: judgeFacts.measure };
  let isTold = false;
  /** Says of what comparison the lines are that follow: it may end before there is a report. */
  const tell = async (): Promise<void> => {
    if (isTold) return;
    isTold = true;
    await writeFileWhole(join(out, runFiles.judge), `${JSON.stringify(facts, null, 2)}\n`);
    if (out === run) await writeManifest(run, { ...(await readManifest(run)), compared });
  };
  const log = await openReplyLog(join(out, runFiles.replies), job.problem);
  const add = async (replies: readonly Reply[]): Promise<void> => {
    if (replies.length > 0) await tell();
    await log.add(replies);
  };
  const reused = rows.filter((row) => log.find(row) !== undefined).length;
  const batchesOf = (part: readonly Row[]): Row[][] =>
    chat
      .batches(
        part.map(({ asked }) => asked),
        maxNewTokens,
      )
      .map((batch) => batch.map((i) => part[i]!));
  const options = {
    maxNewTokens,
    endTokens: model.tokenizer.endTokens,
    ...(earlyStop && { isEnough: enoughWhere(refusalRuledOut, model.tokenizer) }),
  };
  const reply = async (phase: string, batches: readonly (readonly Row[])[], alone: boolean): Promise<void> => {
    const total = batches.reduce((sum, batch) => sum + batch.length, 0);
    let done = 0;
    job.progress({ phase, done, total, unit: 'replies' });
    for (const batch of batches) {
      await job.checkpoint();
      if (batch.every((row) => log.find(row) !== undefined)) {
        done += batch.length;
        continue;
      }
      const asked = batch.map((row) => row.asked);
      for await (const finished of chat.replies(asked, { ...options, alone }, job)) {
        const replies = finished.flatMap(({ row: at, reply: made }) => {
          const row = batch[at]!;
          if (log.find(row) !== undefined) return [];
          const trust = measure && row.condition === 'base' ? trustOf(row.asked.ids, made.taps, measure) : undefined;
          return [replyTo(row, made, judgedReply(made, model.tokenizer, judge), trust)];
        });
        await add(replies);
        done += finished.length;
        job.progress({ phase, done, total, unit: 'replies' });
      }
    }
  };
  try {
    // The rules of the judge, the prompts' labels and the choice of prompts may have changed since: the replies stay.
    await add(rows.flatMap((row) => asOfNow(log.find(row), row, judge)));
    await reply('Base', batchesOf(base), false);
    watch.lap('base', `${base.length} replies`);
    const isOpen = (_: Row, i: number): boolean =>
      strength !== 0 && log.find(base[i]!)!.scores.some((score, k) => score > steering.thresholds[k]!);
    const open = steered.filter(isOpen);
    await add(
      steered
        .map((row, i) => untouched(row, log.find(base[i]!)!))
        .filter((_, i) => !isOpen(steered[i]!, i) && log.find(steered[i]!) === undefined),
    );
    await reply('Steered', batchesOf(open), false);
    watch.lap('steered', `${open.length} replies; ${steered.length - open.length} prompts are not steered`);
    await reply('Noise floor', again.length > 0 ? [again] : [], true);
    watch.lap('noise floor', `${again.length} base again, alone`);
    let made = 0;
    const baseOf = new Map(base.map((row) => [row.prompt.id, row]));
    for (const { control, rows: own } of ofControls) {
      chat.setSteering(control.steering);
      await add(
        own
          .filter((row) => !row.acts && log.find(row) === undefined)
          .map((row) => untouched(row, log.find(baseOf.get(row.prompt.id)!)!)),
      );
      const acting = own.filter(({ acts }) => acts);
      await reply(control.chosen.condition, batchesOf(acting), false);
      made += acting.length;
    }
    if (controls !== undefined) watch.lap('controls', `${made} replies`);
  } finally {
    await log.close();
  }
  await tell();
  // Lines that are no replies were told when the log was opened.
  const record = await readRunRecord({ run, replies: out }, job.problem, () => undefined);
  const judged = judgedRun({
    ...record,
    manifest: { ...record.manifest, compared },
    marginWarnings: changedMargins.map(problemSentence),
    summarised: {
      strength,
      controls: controls && {
        budget: controls.budget,
        fitted: controls.plans.map(({ control }) => control.chosen),
      },
    },
  });
  const { fit, summary } = judged;
  await writeFileWhole(join(out, runFiles.summary), summaryJson(summary));
  const report = join(out, runFiles.report);
  await writeReport(report, import.meta.dirname, judged);
  watch.lap('report');
  return { run, report, fit, summary, reused, made: rows.length - reused, seconds: watch.times() };
}

/**
 * What decides a reply beside its prompt, its strength and its batch, hashed. The rules of the judge do where they end it:
 * by others it may have to go on.
 */
async function recipeOf(
  model: Model,
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

function replyTo(
  row: Row,
  { scores, norms, stopped }: RawReply,
  { reply, tokens, verdict, span, rule }: AskedReply,
  trust: Trust | undefined,
): Reply {
  return {
    ...aboutRow(row),
    reply,
    tokens,
    verdict,
    span,
    rule,
    scores: [...scores],
    activationNorms: [...norms],
    ...(stopped && { stopped }),
    ...trust,
  };
}

/** What a line says of the prompt, and of how it was asked. */
function aboutRow({ prompt, set, clusters, condition, strength, recipe }: Row): AboutRow {
  return {
    recipe,
    id: prompt.id,
    label: prompt.label,
    ...(prompt.attack !== undefined && { attack: prompt.attack }),
    ...clusters,
    set,
    condition,
    strength,
    prompt: prompt.text,
    ...(prompt.earlier !== undefined && { earlier: prompt.earlier }),
    file: prompt.file,
    line: prompt.line,
  };
}

/** The base reply, to the bit, where nothing is steered. */
function untouched({ condition, strength, recipe }: Row, base: Reply): Reply {
  return { ...base, condition, strength, recipe, untouched: true };
}

/** The reply with the verdict and the place among the others it has now; nothing where they are the old ones. */
function asOfNow(reply: Reply | undefined, row: Row, judge: (reply: string) => Judgement): Reply[] {
  if (reply === undefined) return [];
  const { tokens, scores, activationNorms, scoreSpread, distance, untouched, stopped } = reply;
  const now: Reply = {
    ...aboutRow(row),
    reply: reply.reply,
    tokens,
    ...judge(reply.reply),
    scores,
    activationNorms,
    ...(scoreSpread !== undefined && { scoreSpread }),
    ...(distance !== undefined && { distance }),
    ...(untouched !== undefined && { untouched }),
    ...(stopped !== undefined && { stopped }),
  };
  return isDeepStrictEqual(now, reply) ? [] : [now];
}
