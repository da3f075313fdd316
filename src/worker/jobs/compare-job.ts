import { join } from 'node:path';
import { judgedRun, type JudgedRun } from '../../core/evaluation/judged-run.ts';
import { summaryJson } from '../../core/evaluation/summary-json.ts';
import type { CompareParams, CompareResult } from '../../rpc/worker-api.ts';
import { writeFileWhole } from '../../workspace/files/write-file.ts';
import { writeReport } from '../../workspace/runs/report-file.ts';
import { runFiles } from '../../workspace/runs/run-folder.ts';
import { readRunRecord } from '../../workspace/runs/run-record.ts';
import { comparisonRecipe } from '../compare/comparison-recipe.ts';
import { controlPlans, type ControlPlans } from '../compare/controls/control-plans.ts';
import { readComparison, type ComparisonInput } from '../compare/read-comparison.ts';
import { openReplyLog } from '../compare/reply-log.ts';
import { replyToAll } from '../compare/reply-to-all.ts';
import { rowsOf } from '../compare/rows.ts';
import { comparisonFacts, comparisonTeller, tellingLog } from '../compare/tell-comparison.ts';
import { Stopwatch, type Job } from '../job.ts';
import type { ModelShelf } from '../model/loaded-model.ts';

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
  const input = await readComparison(params, shelf, job);
  const { run, out, model, steering, strength, maxNewTokens, earlyStop } = input;
  watch.lap('load model', `${model.folder.dtype} on ${model.device}`);
  const controls = await plannedControls(input, shelf, job);
  if (input.controls !== undefined) watch.lap('fit controls', `${input.controls.wanted.length} controls`);
  const open = earlyStop ? shelf.chat : shelf.batchChat;
  const chat = await open(model, steering.layers, steering.layers);
  chat.setSteering(steering);

  const madeBy = await comparisonRecipe(model, run, maxNewTokens, earlyStop ? input.judge.identity : undefined);
  const rows = rowsOf(input.prompts, { strength, madeBy, plans: controls?.plans ?? [] });
  const compared = comparisonFacts(input, rows);
  const tell = comparisonTeller(input, compared);
  const log = tellingLog(await openReplyLog(join(out, runFiles.replies), job.problem), tell);
  const reused = rows.all.filter((row) => log.find(row) !== undefined).length;
  try {
    await replyToAll(rows, { input, chat, log, job, watch });
  } finally {
    await log.close();
  }
  // Where no line was added.
  await tell();
  // Lines that are no replies were told when the log was opened.
  const record = await readRunRecord({ run, replies: out }, job.problem, () => undefined);
  const judged = judgedRun({
    ...record,
    manifest: { ...record.manifest, compared },
    marginWarnings: input.marginWarnings,
    summarised: { strength, controls: controls && fitsOf(controls) },
  });
  const report = await reportRun(out, judged);
  watch.lap('report');
  const { fit, summary } = judged;
  return { run, report, fit, summary, reused, made: rows.all.length - reused, seconds: watch.times() };
}

async function plannedControls(
  { controls, prompts, judge, ...input }: ComparisonInput,
  shelf: ModelShelf,
  job: Job,
): Promise<ControlPlans | undefined> {
  if (controls === undefined) return undefined;
  const { wanted, fitted } = controls;
  const of = { ...input, fitted, rules: judge.identity };
  return controlPlans(wanted, prompts, of, { model: input.model, shelf, job, judge: judge.judge });
}

function fitsOf({ budget, plans }: ControlPlans): NonNullable<JudgedRun['fit']['controls']> {
  return { budget, fitted: plans.map(({ control }) => control.chosen) };
}

/** @returns the report's file */
async function reportRun(folder: string, run: JudgedRun): Promise<string> {
  await writeFileWhole(join(folder, runFiles.summary), summaryJson(run.summary));
  const report = join(folder, runFiles.report);
  await writeReport(report, import.meta.dirname, run);
  return report;
}
