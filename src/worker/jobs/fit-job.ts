import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as alphasteer from '../../core/alphasteer.ts';
import { judgeVersion } from '../../core/judge/judge.ts';
import { HumanError } from '../../core/problem.ts';
import { isMalicious, type Label } from '../../core/prompts/prompt.ts';
import { splitPrompts } from '../../core/prompts/split.ts';
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
import { solveLayer, type FitRow, type LayerSolution } from '../solve-layer.ts';
import { writeSteering } from '../steering-file.ts';
import { searchStrength } from '../strength-search.ts';

/** Strengths tried where the configuration says "auto". */
const strengths = [0.4, 0.7, 1, 1.4];
/** Null-space ratio where the configuration says "auto": the middle of the paper's range. */
const autoRatio = 0.5;
const autoLayers = 3;

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

    const ratio = config.fit.nullSpaceRatio === 'auto' ? autoRatio : config.fit.nullSpaceRatio;
    const { ridge } = config.fit;
    const solutions: LayerSolution[] = [];
    for (const [k, layer] of candidates.entries()) {
      job.progress({ phase: 'Solve', done: k, total: candidates.length, unit: 'layers' });
      await job.checkpoint();
      const atLayer = ({ prompt, hash }: Encoded): FitRow => ({
        label: prompt.label,
        verdict: verdicts.get(hash),
        read: () => cache.read(hash, k * model.hiddenSize, model.hiddenSize),
      });
      solutions.push(
        await solveLayer(layer, model.hiddenSize, fitRows.map(atLayer), chooseRows.map(atLayer), { ratio, ridge }),
      );
    }
    watch.lap('solve', `${candidates.length} layers`);

    const separation = ({ fitted: { meanScore, leakage } }: LayerSolution): number =>
      (meanScore.jailbreak ?? meanScore.harmful ?? 0) - (meanScore.benign ?? 0) - leakage;
    const chosen = (
      wanted ? solutions : [...solutions].sort((a, b) => separation(b) - separation(a)).slice(0, autoLayers)
    ).sort((a, b) => a.fitted.layer - b.fitted.layer);
    const layers = chosen.map(({ fitted }) => fitted.layer);
    const at = candidates.map((layer) => chosen.find(({ fitted }) => fitted.layer === layer));
    chat.setSteering({
      w: flatten(
        at.map((solution) => solution?.w),
        model.hiddenSize,
      ),
      r: flatten(
        at.map((solution) => solution?.r),
        model.hiddenSize,
      ),
    });
    const tried = strength === undefined ? strengths : [strength];
    const { points, withinBudget } = await searchStrength(tried, chooseRows, config.fit, { model, chat, job, judge });
    if (!withinBudget) warnings.push('No strength tried stays within the benign budget; the smallest one was taken.');
    watch.lap('strength', `${points.length} strengths`);
    const picked = points.find(({ chosen: isChosen }) => isChosen)!;
    const perLayer = solutions.map(({ fitted }) => ({
      ...fitted,
      steered: layers.includes(fitted.layer),
      norm: scale(fitted.norm, picked.strength),
      relativeNorm: scale(fitted.relativeNorm, picked.strength),
    }));
    const strengthReason = (): string => {
      if (strength !== undefined) return `Strength ${strength} was set by hand.`;
      if (!withinBudget)
        return `Strength ${picked.strength} is the smallest tried; none stays within the benign budget.`;
      const target = Math.round(100 * config.fit.targetRefusal);
      return (picked.refused.jailbreak ?? 0) >= config.fit.targetRefusal
        ? `Strength ${picked.strength} is the smallest tried that refuses ${target} % of the jailbreaks of the choose split within the benign budget.`
        : `Strength ${picked.strength} refuses most jailbreaks of the choose split of those within the benign budget; none reaches ${target} %.`;
    };
    const fit: FitSummary = {
      format: 'alphasteer-fit/1',
      model: model.fingerprint,
      dtype: model.folder.dtype,
      device: model.device,
      layers,
      strength: picked.strength,
      nullSpaceRatio: ratio,
      ridge: typeof ridge === 'number' ? ridge : ridge.relative,
      counts: {
        ...counts,
        leftOut: counts.malicious - counts.refused - counts.answered,
        choose: chooseRows.length,
        heldOutGoals: split.heldOutGoals.length,
      },
      hiddenSize: model.hiddenSize,
      perLayer,
      strengths: points,
      reasons: [
        wanted
          ? `Layers ${layers.join(', ')} were set by hand.`
          : `Layers ${layers.join(', ')} separate malicious from benign prompts best on the choose split, less their benign leakage, of ${candidates.length} tried.`,
        strengthReason(),
      ],
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
        strength: picked.strength,
      },
      model,
      { ratio: String(ratio), ridge: JSON.stringify(ridge) },
    );
    await writeFileWhole(join(run, runFiles.fit), `${JSON.stringify(fit, null, 2)}\n`);
    await writeManifest(run, { ...manifest, state: 'fitted' });
    return { run, fit, cached, computed: rows.length - cached, seconds: watch.times() };
  } finally {
    await cache.close();
  }
}

/** The middle of the model, every other layer: from a quarter to two thirds of its depth. */
function candidateLayers(layers: number): number[] {
  const from = Math.max(1, Math.round(layers / 4));
  const to = Math.round((layers * 2) / 3);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((layer) => (layer - from) % 2 === 0);
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
