import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as alphasteer from '../../core/alphasteer.ts';
import { partAbove } from '../../core/alphasteer.ts';
import { chooseLayers, recognised, thresholdsOf, type LayerScores } from '../../core/choose-layers.ts';
import { judgeVersion } from '../../core/judge/judge.ts';
import { HumanError } from '../../core/problem.ts';
import { isMalicious, type Label } from '../../core/prompts/prompt.ts';
import { dealFolds } from '../../core/prompts/folds.ts';
import { splitPrompts } from '../../core/prompts/split.ts';
import { templatesOf } from '../../core/prompts/templates.ts';
import type { FitSummary } from '../../core/report/fit-summary.ts';
import type { FitResult, WorkspaceParams } from '../../rpc/worker-api.ts';
import { loadJudge } from '../../workspace/load-judge.ts';
import { loadWorkspace } from '../../workspace/load-workspace.ts';
import { openRunFolder, runFiles, writeManifest } from '../../workspace/run-folder.ts';
import { writeFileWhole } from '../../workspace/write-file.ts';
import { openActivationCache } from '../activation-cache.ts';
import { encodePrompts, type Encoded } from '../encode-prompts.ts';
import { extractActivations } from '../extract-activations.ts';
import { Stopwatch, type Job } from '../job.ts';
import { modelSettings, type ModelShelf } from '../model-shelf.ts';
import { shortReplies } from '../short-replies.ts';
import { solveLayer, type FitRow, type LayerSolution, type RatioSolution } from '../solve-layer.ts';
import { writeSteering } from '../steering-file.ts';
import { searchStrength } from '../strength-search.ts';
import { unseenScores } from '../unseen-scores.ts';

/** Strengths tried where the configuration says "auto". */
const strengths = [1, 2, 3, 4];
/** Null-space ratios tried where the configuration says "auto": the ends of the paper's range, and no null space but the penalty. */
const autoRatios = [0.3, 0.6, 1];
/** Each prompt is scored once by a fit without it and its like: a fit without an eighth of them. */
const folds = 8;

/** A layer at the chosen ratio, with what it says of prompts that a fit never saw. */
type Candidate = Pick<LayerSolution, 'layer' | 'r'> &
  RatioSolution & { readonly unseen: LayerScores; readonly recognised: number };

/** `alphasteer fit`: extract, label by short replies, solve, choose layers and strength on the choose split, save. */
export async function fitJob(params: WorkspaceParams, shelf: ModelShelf, job: Job): Promise<FitResult> {
  const watch = new Stopwatch();
  const workspace = await loadWorkspace(params.workspace, job.problem, params.limit);
  workspace.problems.forEach(job.problem);
  const { config } = workspace;
  const judge = await loadJudge(workspace.root, config, job.problem);
  const seed = params.seed ?? config.fit.seed;
  const split = splitPrompts(workspace.fit, workspace.evaluate, { ...config.fit, seed });
  split.problems.forEach(job.problem);
  watch.lap('read prompts', `${workspace.fit.length} prompts`);

  const model = await shelf.model(modelSettings(params.workspace, config, params));
  const fitRows = encodePrompts(model, split.fit, config.fit.labelTokens, job.problem);
  const chooseRows = encodePrompts(model, split.choose, config.fit.labelTokens, job.problem);
  const rows = [...fitRows, ...chooseRows];
  const wanted = params.layers ?? (config.fit.layers === 'auto' ? undefined : config.fit.layers);
  const candidates = wanted ?? candidateLayers(model.layers);
  const strength = params.strength ?? (config.fit.strength === 'auto' ? undefined : config.fit.strength);
  const key = shortHash([
    model.fingerprint,
    model.device,
    config.fit,
    candidates,
    strength,
    seed,
    rows.map(({ hash, prompt }) => [hash, prompt.label]),
  ]);
  const run = await openRunFolder(workspace.root, key, new Date(), params.out);
  const manifest = {
    format: 'alphasteer-run/1' as const,
    key,
    state: 'fitting' as const,
    created: new Date().toISOString(),
    model: { path: model.folder.path, fingerprint: model.fingerprint, dtype: model.folder.dtype, device: model.device },
    prompts: workspace.files,
    fit: config.fit,
    seed,
    sign: 'positive strength = more refusal',
    position: 'last prompt token; the delta goes to every prompt position, during prefill only',
    judge: judgeVersion,
    heldOutGoals: split.heldOut.map(({ id }) => id),
  };
  await writeManifest(run, manifest);
  const chat = await shelf.chat(model, candidates, candidates);
  watch.lap('load model', `${model.folder.dtype} on ${model.device}`);

  const cacheFolder = join(workspace.root, '.alphasteer', 'cache');
  // Labels are the model's own and hold for any layers; activations are those of the candidate layers.
  const labelKey = shortHash([model.fingerprint, model.device]);
  const cacheKey = shortHash([model.fingerprint, model.device, candidates]);
  const cache = await openActivationCache(cacheFolder, cacheKey, candidates.length * model.hiddenSize);
  try {
    const cached = rows.filter(({ hash }) => cache.has(hash)).length;
    const malicious = rows.filter(({ prompt }) => isMalicious(prompt.label));
    // Labels first: their prefill gives the activations of the malicious prompts as well.
    const { labelTokens } = config.fit;
    const labelFile = join(cacheFolder, `${labelKey}-replies-${labelTokens}.jsonl`);
    const replies = await shortReplies(labelFile, malicious, labelTokens, { model, chat, cache, job });
    watch.lap('label', `${malicious.length} short replies`);
    await extractActivations(rows, candidates, { model, cache, job });
    watch.lap('activations', `${rows.length} prompts, ${cached} from the cache`);

    const verdicts = new Map(malicious.map(({ hash }) => [hash, judge(replies.get(hash)!).verdict]));
    const count = (wanted: (row: Encoded) => boolean): number => fitRows.filter(wanted).length;
    const counts = {
      benign: count(({ prompt }) => !isMalicious(prompt.label)),
      malicious: count(({ prompt }) => isMalicious(prompt.label)),
      refused: count(({ hash }) => verdicts.get(hash) === 'refused'),
      answered: count(({ hash }) => verdicts.get(hash) === 'complied'),
    };
    for (const side of ['benign', 'malicious'] as const) {
      if (counts[side] > 0) continue;
      throw new HumanError({
        message: `There are no ${side} prompts to fit on.`,
        fix: `Add a file of ${side === 'benign' ? 'benign' : 'harmful or jailbreak'} prompts under prompts.fit.`,
      });
    }
    const warnings = [
      ...alphasteer.benignProblems({ rows: counts.benign, d: model.hiddenSize }),
      ...alphasteer.refusalProblems({ rows: counts.refused }, { rows: counts.answered }),
    ].map(({ message, fix }) => `${message} ${fix}`);

    const { nullSpaceRatio, benignBudget } = config.fit;
    const ratios = nullSpaceRatio === 'auto' ? autoRatios : [nullSpaceRatio];
    const templates = templatesOf(split.fit);
    const atLayer = (k: number, { prompt, hash }: Encoded): FitRow => ({
      label: prompt.label,
      verdict: verdicts.get(hash),
      template: templates.get(prompt.id),
      read: () => cache.read(hash, k * model.hiddenSize, model.hiddenSize),
    });
    const solutions: LayerSolution[] = [];
    for (const [k, layer] of candidates.entries()) {
      job.progress({ phase: 'Solve', done: k, total: candidates.length, unit: 'layers' });
      await job.checkpoint();
      const [fit, choose] = [fitRows, chooseRows].map((part) => part.map((row) => atLayer(k, row)));
      solutions.push(await solveLayer(layer, model.hiddenSize, fit!, choose!, ratios, config.fit));
    }
    watch.lap('solve', `${candidates.length} layers, ${ratios.length} null-space ratios`);

    const shares = { benign: benignBudget.overRefusal, borderline: benignBudget.borderline };
    const chooseLabels = chooseRows.map(({ prompt }) => prompt.label);
    const ratioMeans = ratios.map((_, at) =>
      mean(solutions.map((solution) => recognised([chooseScores(solution.ratios[at]!.choose, chooseLabels)], shares))),
    );
    const bestRatio = ratioMeans.indexOf(Math.max(...ratioMeans));
    const ratio = ratios[bestRatio]!;

    const foldOf = dealFolds(split.fit, folds, split.groupOf, ({ id }) => templates.get(id)!);
    const atRatio: Candidate[] = [];
    for (const [k, { layer, r, ratios: solved }] of solutions.entries()) {
      job.progress({ phase: 'Cross-check', done: k, total: candidates.length, unit: 'layers' });
      await job.checkpoint();
      const rows = fitRows.map((row) => ({ ...atLayer(k, row), fold: foldOf.get(row.prompt.id) }));
      const unseen = await unseenScores(model.hiddenSize, rows, folds, ratio, config.fit);
      atRatio.push({ layer, r, ...solved[bestRatio]!, unseen, recognised: recognised([unseen], shares) });
    }
    watch.lap('cross-check', `${candidates.length} layers, ${folds} folds`);
    const apart = Math.max(1, Math.round(model.layers / 6));
    const chosen = (wanted ?? chooseLayers(atRatio, apart, shares).map((k) => candidates[k]!))
      .map((layer) => atRatio.find((solution) => solution.layer === layer)!)
      .sort((a, b) => a.layer - b.layer);
    const layers = chosen.map(({ layer }) => layer);
    const unseen = chosen.map((solution) => solution.unseen);
    const thresholds =
      config.fit.threshold === 'auto'
        ? thresholdsOf(unseen, shares)
        : layers.map(() => (config.fit.threshold === 'none' ? -Infinity : Number(config.fit.threshold)));
    const tried = chooseRows.map((row, i) => ({
      row,
      base: verdicts.get(row.hash),
      open: chosen.some(({ choose }, k) => choose[i]! > thresholds[k]!),
    }));
    const scoresOf = (label: Label): (readonly number[])[] => unseen.map(({ benign }) => benign[label] ?? []);
    const steeredPart = {
      benign: partAbove(scoresOf('benign'), thresholds),
      borderline: partAbove(scoresOf('borderline'), thresholds),
    };
    const at = candidates.map((layer) => chosen.find((solution) => solution.layer === layer));
    const thresholdAt = (layer: number): number => thresholds[layers.indexOf(layer)] ?? Infinity;
    chat.setSteering({
      w: flatten(
        at.map((solution) => solution?.w),
        model.hiddenSize,
      ),
      r: flatten(
        at.map((solution) => solution?.r),
        model.hiddenSize,
      ),
      thresholds: Float32Array.from(candidates, thresholdAt),
    });
    const { points, withinBudget } = await searchStrength(
      strength === undefined ? strengths : [strength],
      tried,
      steeredPart,
      config.fit,
      { model, chat, job, judge },
    );
    if (!withinBudget) warnings.push('No strength tried stays within the benign budget; the smallest one was taken.');
    watch.lap('strength', `${points.length} strengths`);
    const picked = points.find(({ chosen: isChosen }) => isChosen)!;
    const perLayer = atRatio.map(({ fitted, recognised: found }) => {
      const steered = layers.includes(fitted.layer);
      const threshold = thresholdAt(fitted.layer);
      return {
        ...fitted,
        steered,
        norm: scale(fitted.norm, picked.strength),
        relativeNorm: scale(fitted.relativeNorm, picked.strength),
        threshold: steered && Number.isFinite(threshold) ? threshold : null,
        recognised: found,
      };
    });
    const percent = (x: number): string => `${Math.round(100 * x)} %`;
    const ratioReason =
      ratios.length === 1
        ? `The null-space ratio ${ratio} was set by hand.`
        : `The null-space ratio is ${ratio}: of those tried it recognises most jailbreaks of the choose split at the benign budget, ${ratios.map((tried_, k) => `${percent(ratioMeans[k]!)} at ${tried_}`).join(', ')} (mean of ${candidates.length} layers).`;
    const together = recognised(unseen, shares);
    const layersReason = wanted
      ? `Layers ${layers.join(', ')} were set by hand.`
      : `Layers ${layers.join(', ')} together recognise ${percent(together)} of the jailbreaks at the benign budget, each scored by a fit without its kind; no pair of those tried steers them at more layers.`;
    const thresholdReason =
      config.fit.threshold === 'none'
        ? 'Every prompt is steered by its score, as in the paper: there is no threshold.'
        : `Prompts whose score is not above the threshold keep the untouched model's replies bit for bit: ${percent(1 - steeredPart.benign)} of the benign prompts and ${percent(1 - steeredPart.borderline)} of the borderline ones, each scored by a fit without it.`;
    const strengthReason = (): string => {
      if (strength !== undefined) return `Strength ${strength} was set by hand.`;
      if (!withinBudget)
        return `Strength ${picked.strength} is the smallest tried; none stays within the benign budget.`;
      return (picked.refused.jailbreak ?? 0) >= config.fit.targetRefusal
        ? `Strength ${picked.strength} is the smallest tried that refuses ${percent(config.fit.targetRefusal)} of the jailbreaks of the choose split within the benign budget.`
        : `Strength ${picked.strength}: of those within the benign budget none refuses noticeably more malicious prompts of the choose split; none reaches ${percent(config.fit.targetRefusal)} of the jailbreaks.`;
    };
    const fit: FitSummary = {
      format: 'alphasteer-fit/1',
      model: model.fingerprint,
      dtype: model.folder.dtype,
      device: model.device,
      layers,
      strength: picked.strength,
      nullSpaceRatio: ratio,
      ridge: config.fit.ridge,
      steeredPart,
      counts: {
        ...counts,
        leftOut: counts.malicious - counts.refused - counts.answered,
        choose: chooseRows.length,
        heldOutGoals: split.heldOutGoals.length,
      },
      hiddenSize: model.hiddenSize,
      perLayer,
      strengths: points,
      reasons: [ratioReason, layersReason, thresholdReason, strengthReason()],
      warnings,
    };
    await writeSteering(
      run,
      {
        layers,
        w: flatten(
          chosen.map(({ w }) => w),
          model.hiddenSize,
        ),
        r: flatten(
          chosen.map(({ r }) => r),
          model.hiddenSize,
        ),
        thresholds: Float32Array.from(thresholds),
        strength: picked.strength,
      },
      model,
      { ratio: String(ratio), ridge: JSON.stringify(config.fit.ridge) },
    );
    await writeFileWhole(join(run, runFiles.fit), `${JSON.stringify(fit, null, 2)}\n`);
    await writeManifest(run, { ...manifest, state: 'fitted' });
    return { run, fit, cached, computed: rows.length - cached, seconds: watch.times() };
  } finally {
    await cache.close();
  }
}

/** Every other layer from a quarter to four fifths of the model's depth. */
function candidateLayers(layers: number): number[] {
  const from = Math.max(1, Math.round(layers / 4));
  const to = Math.round((layers * 4) / 5);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((layer) => (layer - from) % 2 === 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The choose split's scores by label. */
function chooseScores(scores: readonly number[], labels: readonly Label[]): LayerScores {
  const only = (wanted: (label: Label) => boolean): number[] => scores.filter((_, i) => wanted(labels[i]!));
  const target = labels.includes('jailbreak') ? 'jailbreak' : 'harmful';
  return {
    benign: { benign: only((label) => label === 'benign'), borderline: only((label) => label === 'borderline') },
    malicious: only((label) => label === target),
  };
}

function scale(values: Partial<Record<Label, number>>, by: number): Partial<Record<Label, number>> {
  return Object.fromEntries(Object.entries(values).map(([label, x]) => [label, x * by]));
}

/** Rows one after the other as f32; zeros where there is none. */
function flatten(vectors: readonly (Float64Array | undefined)[], d: number): Float32Array {
  const flat = new Float32Array(vectors.length * d);
  vectors.forEach((vector, i) => vector && flat.set(vector, i * d));
  return flat;
}

function shortHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
