import { join } from 'node:path';
import { benignProblems, refusalProblems, steeringNorm } from '../../core/alphasteer.ts';
import { learnFirstTokens, refusalChance, type FirstTokens } from '../../core/first-token.ts';
import type { Verdict } from '../../core/judge/verdict.ts';
import { HumanError, problemSentence, type Problem } from '../../core/problem.ts';
import { isMalicious } from '../../core/prompts/prompt.ts';
import { splitPrompts } from '../../core/prompts/split.ts';
import { fitReasons } from '../../core/report/fit-reasons.ts';
import type { FitSummary, LayerFit } from '../../core/report/fit-summary.ts';
import { fitWarnings } from '../../core/report/fit-warnings.ts';
import { meanByLabel } from '../../core/report/mean-by-label.ts';
import type { FitResult, WorkspaceParams } from '../../rpc/worker-api.ts';
import { writeFirstTokens } from '../../workspace/first-tokens-file.ts';
import { loadJudge } from '../../workspace/load-judge.ts';
import { loadWorkspace } from '../../workspace/load-workspace.ts';
import { openRunFolder, runFiles, writeManifest } from '../../workspace/run-folder.ts';
import { writeFileWhole } from '../../workspace/write-file.ts';
import { chooseSteering } from '../choose-steering.ts';
import { encodePrompts, type Encoded } from '../encode-prompts.ts';
import { extractActivations } from '../extract-activations.ts';
import { labelFile, openLayerCache } from '../fit-cache.ts';
import { Stopwatch, type Job } from '../job.ts';
import { measureTrust } from '../measure-trust.ts';
import { manifestFacts } from '../manifest-facts.ts';
import { modelSettings, type ModelShelf } from '../model-shelf.ts';
import { ProductSession } from '../product-session.ts';
import { shortHash } from '../short-hash.ts';
import { shortReplies, type ShortReply } from '../short-replies.ts';
import { writeTrustMeasure } from '../stability-file.ts';
import { writeSteering } from '../steering-file.ts';
import { byScore, searchStrength } from '../strength-search.ts';

/** Strengths tried where the configuration says "auto". */
const strengths = [1, 2, 3, 4];

/** `alphasteer fit`: extract, label by short replies, solve, choose layers and strength on the choose split, save. */
export async function fitJob(params: WorkspaceParams, shelf: ModelShelf, job: Job): Promise<FitResult> {
  const watch = new Stopwatch();
  const workspace = await loadWorkspace(params.workspace, job.problem, params.limit);
  workspace.problems.forEach(job.problem);
  const { config } = workspace;
  const { judge, identity: rules, measure } = await loadJudge(workspace.root, config, job.problem);
  const seed = params.seed ?? config.fit.seed;
  const split = splitPrompts(workspace.fit, workspace.evaluate, { ...config.fit, seed });
  [...split.duplicates, ...split.shared].forEach(job.problem);
  watch.lap('read prompts', `${workspace.fit.length} prompts`);

  const model = await shelf.model(modelSettings(params.workspace, config, params), job);
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
    ...manifestFacts(model, rules, config.evaluate.margins),
    prompts: workspace.files,
    fit: config.fit,
    seed,
    sign: 'positive strength = more refusal',
    position: 'last prompt token; the delta goes to every prompt position, during prefill only',
    heldOutGoals: split.heldOut.map(({ id }) => id),
  };
  await writeManifest(run, manifest);
  const chat = await shelf.chat(model, candidates, candidates);
  watch.lap('load model', `${model.folder.dtype} on ${model.device}`);

  const cache = await openLayerCache(workspace.root, model, candidates);
  let products: ProductSession | undefined;
  try {
    products = await ProductSession.open(model.threads);
    const { addProduct } = products;
    const cached = rows.filter(({ hash }) => cache.has(hash)).length;
    const malicious = rows.filter(({ prompt }) => isMalicious(prompt.label));
    // Labels first: their prefill gives the activations of the malicious prompts as well.
    const { labelTokens } = config.fit;
    const labels = labelFile(workspace.root, model, labelTokens);
    const making = { model, chat, layers: candidates, cache, job, judge };
    const { verdicts, firstTokens } = learnLabels(
      malicious,
      await shortReplies(labels, malicious, labelTokens, making),
    );
    watch.lap('label', `${malicious.length} short replies`);
    await extractActivations(rows, candidates, { model, cache, job });
    watch.lap('activations', `${rows.length} prompts, ${cached} from the cache`);

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
    const warnings: string[] = [];
    const warn = (problem: Problem): void => {
      job.problem(problem);
      warnings.push(problemSentence(problem));
    };
    benignProblems({ rows: counts.benign, d: model.hiddenSize }).forEach(warn);
    refusalProblems({ rows: counts.refused }, { rows: counts.answered }).forEach(warn);

    const chosen = await chooseSteering(
      { split, fit: fitRows, choose: chooseRows, verdicts },
      { tried: candidates, given: wanted, ofModel: model.layers },
      config.fit,
      { cache, d: model.hiddenSize, addProduct, job, watch },
    );
    const layers = chosen.layers.map(({ layer }) => layer);
    // The session can steer every candidate; those not chosen stay closed.
    const steeredAs = candidates.map((layer) => layers.indexOf(layer));
    chat.setSteering({
      w: flatten(
        steeredAs.map((k) => chosen.layers[k]?.w),
        model.hiddenSize,
      ),
      r: flatten(
        steeredAs.map((k) => chosen.layers[k]?.r),
        model.hiddenSize,
      ),
      thresholds: Float32Array.from(steeredAs, (k) => chosen.thresholds[k] ?? Infinity),
    });
    const { points, withinBudget, firstToken } = await searchStrength(
      strength === undefined ? strengths : [strength],
      chooseRows.map((row, i) => ({
        row,
        base: verdicts.get(row.hash),
        open: chosen.layers.some(({ choose }, k) => choose[i]! > chosen.thresholds[k]!),
      })),
      {
        openPart: chosen.steeredPart,
        row: byScore,
        affordableOnly: false,
        refusalChance: (logits) => refusalChance(logits, firstTokens),
      },
      config.fit,
      { model, chat, job, judge },
    );
    if (!withinBudget) {
      warn({
        severity: 'warning',
        message: 'No strength tried stays within the benign budget; the smallest one was taken.',
        fix: 'Add benign prompts like those that came to be refused, or allow more under fit.benignBudget.',
      });
    }
    watch.lap('strength', `${points.length} strengths`);
    const picked = points.find((point) => point.chosen)!;
    const perLayer = chosen.candidates.map((candidate): LayerFit => {
      const { layer, fitted, recognised, choose, chooseNorms, aucOfAttack, stability } = candidate;
      const threshold = chosen.thresholds[layers.indexOf(layer)];
      const moved = chooseRows.map(({ prompt: { label } }, i) => {
        const length = steeringNorm(choose[i]!, picked.strength, fitted.refusalNorm, threshold ?? -Infinity);
        return { label, length, relative: length / chooseNorms[i]! };
      });
      return {
        ...fitted,
        recognised,
        aucOfAttack,
        stability,
        steered: threshold !== undefined,
        norm: meanByLabel(moved, ({ length }) => length),
        relativeNorm: meanByLabel(moved, ({ relative }) => relative),
        threshold: threshold !== undefined && Number.isFinite(threshold) ? threshold : null,
      };
    });
    // Findings about the steering, not faults of a file: they are told in the summary and the report, and are no failure.
    const doubts = fitWarnings({
      prompts: fitRows.map(({ prompt, hash }, i) => ({
        label: prompt.label,
        file: prompt.file,
        line: prompt.line,
        refused: verdicts.has(hash) ? verdicts.get(hash) === 'refused' : undefined,
        unseen: Math.min(...chosen.layers.map(({ unseen }) => unseen[i]!)),
        group: split.groupOf(prompt),
      })),
      layers: perLayer,
      attacks: chosen.attacks,
      duplicates: split.duplicates,
      shared: split.shared,
      tooLong: split.fit.length + split.choose.length - rows.length,
    });
    const fit: FitSummary = {
      format: 'alphasteer-fit/4',
      margins: config.evaluate.margins,
      judge: measure,
      model: model.fingerprint,
      dtype: model.folder.dtype,
      device: model.device,
      layers,
      strength: picked.strength,
      nullSpaceRatio: chosen.ratio,
      ridge: config.fit.ridge,
      steeredPart: chosen.steeredPart,
      counts: {
        ...counts,
        leftOut: counts.malicious - counts.refused - counts.answered,
        choose: chooseRows.length,
        heldOutGoals: split.heldOutGoals.length,
      },
      hiddenSize: model.hiddenSize,
      attacks: chosen.attacks,
      perLayer,
      strengths: points,
      firstToken,
      reasons: fitReasons(
        {
          ...chosen,
          layers,
          layersByHand: wanted !== undefined,
          strength: picked,
          strengthByHand: strength !== undefined,
          withinBudget,
        },
        config.fit,
      ),
      warnings: [...warnings, ...doubts],
    };
    await writeSteering(
      run,
      {
        layers,
        w: flatten(
          chosen.layers.map(({ w }) => w),
          model.hiddenSize,
        ),
        r: flatten(
          chosen.layers.map(({ r }) => r),
          model.hiddenSize,
        ),
        thresholds: Float32Array.from(chosen.thresholds),
        strength: picked.strength,
      },
      model,
      { ratio: String(chosen.ratio), ridge: JSON.stringify(config.fit.ridge) },
    );
    const d = model.hiddenSize;
    await writeTrustMeasure(
      run,
      await measureTrust(
        d,
        { fit: fitRows, choose: chooseRows },
        chosen.layers.map(({ without }) => without),
        ({ hash }, k) => cache.read(hash, candidates.indexOf(layers[k]!) * d, d),
        addProduct,
      ),
    );
    await writeFirstTokens(run, firstTokens);
    watch.lap('trust', `${layers.length} layers`);
    await writeFileWhole(join(run, runFiles.fit), `${JSON.stringify(fit, null, 2)}\n`);
    await writeManifest(run, { ...manifest, state: 'fitted' });
    return { run, fit, cached, computed: rows.length - cached, seconds: watch.times() };
  } finally {
    await cache.close();
    await products?.release();
  }
}

/** What the short replies say of the malicious prompts, and of first tokens. */
function learnLabels(
  malicious: readonly Encoded[],
  replies: ReadonlyMap</* token hash */ string, ShortReply>,
): { verdicts: ReadonlyMap</* token hash */ string, Verdict>; firstTokens: FirstTokens } {
  const own = malicious.map(({ hash }) => replies.get(hash)!);
  return {
    verdicts: new Map(malicious.map(({ hash }, i) => [hash, own[i]!.verdict])),
    firstTokens: learnFirstTokens(own.map(({ first, verdict }) => ({ token: first, refused: verdict === 'refused' }))),
  };
}

/** Every other layer from a quarter to four fifths of the model's depth. */
function candidateLayers(layers: number): number[] {
  const from = Math.max(1, Math.round(layers / 4));
  const to = Math.round((layers * 4) / 5);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((layer) => (layer - from) % 2 === 0);
}

/** Rows one after the other as f32; zeros where there is none. */
function flatten(vectors: readonly (Float64Array | undefined)[], d: number): Float32Array {
  const flat = new Float32Array(vectors.length * d);
  vectors.forEach((vector, i) => vector && flat.set(vector, i * d));
  return flat;
}
