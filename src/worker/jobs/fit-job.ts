import { join } from 'node:path';
import { benignProblems, refusalProblems, steeringNorm } from '../../core/alphasteer.ts';
import { learnFirstTokens, refusalChance, type FirstTokens } from '../../core/fit/first-token.ts';
import type { Verdict } from '../../core/judge/verdict.ts';
import { HumanError, problemSentence, type Problem } from '../../core/problem.ts';
import { isMalicious, type Label } from '../../core/prompts/prompt.ts';
import { fitReasons } from '../../core/fit/fit-reasons.ts';
import type { FitSummary, LayerFit } from '../../core/evaluation/data/fit-summary.ts';
import { fitWarnings } from '../../core/fit/fit-warnings.ts';
import { meanByLabel } from '../../core/evaluation/rates/mean-by-label.ts';
import type { FitResult, WorkspaceParams } from '../../rpc/worker-api.ts';
import { writeFirstTokens } from '../../workspace/runs/first-tokens-file.ts';
import { givenName, openRunFolder, runFiles, writeManifest } from '../../workspace/runs/run-folder.ts';
import { writeFileWhole } from '../../workspace/files/write-file.ts';
import { chooseSteering } from '../fit/choose-steering.ts';
import { extractActivations } from '../fit/activations.ts';
import { labelFile, openLayerCache } from '../fit/fit-cache.ts';
import type { FitPrompt, FitPrompts } from '../fit/fit-prompts.ts';
import { HashMap } from '../fit/hash-map.ts';
import { Stopwatch, type Job } from '../job.ts';
import { measureTrust } from '../fit/measure-trust.ts';
import { manifestFacts } from '../fit/manifest-facts.ts';
import type { ModelShelf } from '../model/loaded-model.ts';
import { ProductSession } from '../session/product-session.ts';
import { readFit } from '../fit/read-fit.ts';
import { shortHashOfAll } from '../model-files/short-hash.ts';
import { shortReplies, type LabelContext } from '../fit/short-replies.ts';
import { writeTrustMeasure } from '../fit/trust-file.ts';
import { writeSteering } from '../fit/steering-file.ts';
import { byScore, tryStrengths } from '../fit/try-strengths.ts';

/** Strengths tried where the configuration says "auto". */
const strengths = [1, 2, 3, 4];

/** `alphasteer fit`: extract, label by short replies, solve, choose layers and strength on the choose split, save. */
export async function fitJob(params: WorkspaceParams, shelf: ModelShelf, job: Job): Promise<FitResult> {
  const watch = new Stopwatch();
  const input = await readFit(params, shelf, job, watch);
  // The prompts' texts: 50 MB at 100,000 prompts, and the model would come on top of them.
  globalThis.gc?.();
  const { root, config, model, fit: fitRows, choose: chooseRows, seed } = input;
  const prompts = fitRows.length + chooseRows.length;
  const rows = (): Iterable<FitPrompt> => inTurn(fitRows, chooseRows);
  const wanted = params.layers ?? (config.fit.layers === 'auto' ? undefined : config.fit.layers);
  const candidates = wanted ?? candidateLayers(model.layers);
  const strength = params.strength ?? (config.fit.strength === 'auto' ? undefined : config.fit.strength);
  const key = shortHashOfAll(
    [model.fingerprint, model.device, config.fit, candidates, strength, seed],
    hashesWithLabels(rows()),
  );
  const run = await openRunFolder(root, key, new Date(), params.out);
  const manifest = {
    format: 'alphasteer-run/1' as const,
    key,
    state: 'fitting' as const,
    created: new Date().toISOString(),
    ...manifestFacts(model, input.judge.identity, config.evaluate.margins),
    prompts: input.files,
    fit: config.fit,
    seed,
    sign: 'positive strength = more refusal',
    position: 'last prompt token; the delta goes to every prompt position, during prefill only',
    heldOutGoals: [...input.heldOut],
  };
  await writeManifest(run, { ...manifest, ...(await givenName(run)) });
  const chat = await shelf.batchChat(model, candidates, candidates);
  watch.lap('load model', `${model.folder.dtype} on ${model.device}`);

  const cache = await openLayerCache(root, model, candidates);
  let products: ProductSession | undefined;
  try {
    products = await ProductSession.open(model.threads);
    const { addProduct } = products;
    const cached = countOf(rows(), ({ hash }) => cache.has(hash));
    // Labels first: their prefill gives the activations of the malicious prompts as well.
    const { labelTokens } = config.fit;
    const making = { model, chat, cache, job, judge: input.judge.judge };
    const labels = labelFile(root, model, labelTokens);
    const { replies, firstTokens } = await labelPrompts([fitRows, chooseRows], labels, labelTokens, making);
    watch.lap('label', `${replies} short replies`);
    await extractActivations(rows(), candidates, { model, cache, job });
    watch.lap('activations', `${prompts} prompts, ${cached} from the cache`);

    const malicious = countOf(fitRows, ({ label }) => isMalicious(label));
    const counts = {
      benign: fitRows.length - malicious,
      malicious,
      refused: countOf(fitRows, ({ verdict }) => verdict === 'refused'),
      answered: countOf(fitRows, ({ verdict }) => verdict === 'complied'),
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
      { fit: fitRows, choose: chooseRows },
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
    const { points, withinBudget, firstToken } = await tryStrengths(
      strength === undefined ? strengths : [strength],
      Array.from(chooseRows, (row, i) => ({
        row,
        label: row.label,
        base: row.verdict,
        open: chosen.layers.some(({ choose }, k) => choose[i]! > chosen.thresholds[k]!),
      })),
      {
        openPart: chosen.steeredPart,
        row: byScore,
        affordableOnly: false,
        refusalChance: (logits) => refusalChance(logits, firstTokens),
      },
      config.fit,
      { model, chat, job, judge: input.judge.judge },
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
      const moved = Array.from(chooseRows, ({ label }, i) => {
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
      prompts: {
        *[Symbol.iterator]() {
          let at = 0;
          for (const { label, file, line, group, verdict } of fitRows) {
            const refused = verdict === undefined ? undefined : verdict === 'refused';
            const unseen = Math.min(...chosen.layers.map((layer) => layer.unseen[at]!));
            yield { label, file, line, group, refused, unseen };
            at += 1;
          }
        },
      },
      layers: perLayer,
      attacks: chosen.attacks,
      duplicates: input.duplicates,
      shared: input.shared,
      tooLong: input.tooLong,
    });
    const fit: FitSummary = {
      format: 'alphasteer-fit/4',
      margins: config.evaluate.margins,
      judge: input.judge.measure,
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
        heldOutGoals: input.heldOutGoals,
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
    await writeManifest(run, { ...manifest, ...(await givenName(run)), state: 'fitted' });
    return { run, fit, cached, computed: prompts - cached, seconds: watch.times() };
  } finally {
    await cache.close();
    await products?.release();
  }
}

/** Gives the malicious prompts the verdicts of their short replies. @returns what these say of first tokens, too */
async function labelPrompts(
  parts: readonly FitPrompts[],
  file: string,
  labelTokens: number,
  making: LabelContext,
): Promise<{ replies: number; firstTokens: FirstTokens }> {
  const malicious = [...inTurn(...parts)].filter(({ label }) => isMalicious(label));
  const replies = await shortReplies(file, malicious, labelTokens, making);
  const verdicts = new HashMap<Verdict>();
  const firsts = malicious.map(({ hash }) => {
    const { verdict, first } = replies.get(hash)!;
    verdicts.set(hash, verdict);
    return { token: first, refused: verdict === 'refused' };
  });
  for (const part of parts) part.setVerdicts((hash) => verdicts.get(hash));
  return { replies: malicious.length, firstTokens: learnFirstTokens(firsts) };
}

function* inTurn<T>(...all: readonly Iterable<T>[]): Generator<T> {
  for (const some of all) yield* some;
}

function* hashesWithLabels(rows: Iterable<FitPrompt>): Generator<readonly [string, Label]> {
  for (const { hash, label } of rows) yield [hash, label];
}

function countOf<T>(rows: Iterable<T>, wanted: (row: T) => boolean): number {
  let n = 0;
  for (const row of rows) n += Number(wanted(row));
  return n;
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
