import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as alphasteer from '../../core/alphasteer.ts';
import { judge, judgeVersion } from '../../core/judge/judge.ts';
import { GramAccumulator, type Gram } from '../../core/linalg/gram.ts';
import { cosine, dot, norm } from '../../core/linalg/inner-product.ts';
import { sumRows, type RowSums } from '../../core/linalg/row-sums.ts';
import { HumanError } from '../../core/problem.ts';
import { isMalicious, type Label } from '../../core/prompts/prompt.ts';
import { splitPrompts } from '../../core/prompts/split.ts';
import type { FitSummary, LayerFit, StrengthPoint } from '../../core/report/fit-summary.ts';
import { auc } from '../../core/stats/auc.ts';
import type { FitResult, WorkspaceParams } from '../../rpc/worker-api.ts';
import { openJsonLines } from '../../workspace/json-lines.ts';
import { loadWorkspace } from '../../workspace/load-workspace.ts';
import { openRunFolder, runFiles, writeManifest } from '../../workspace/run-folder.ts';
import { writeFileWhole } from '../../workspace/write-file.ts';
import { openActivationCache } from '../activation-cache.ts';
import { encodePrompts, type Encoded } from '../encode-prompts.ts';
import { Stopwatch, type Job } from '../job.ts';
import { openExtractionSession } from '../model-host.ts';
import { modelSettings, type ModelShelf } from '../model-shelf.ts';
import { writeSteering } from '../steering-file.ts';

/** Strengths tried, and how many prompts of each label they are tried on. */
const strengths = [0.4, 0.7, 1, 1.4];
const triedPerLabel = 24;
/** Null-space ratio where the configuration says "auto": the middle of the paper's range. */
const autoRatio = 0.5;
const autoLayers = 3;

interface LayerSolution {
  readonly layer: number;
  readonly fitted: LayerFit;
  readonly w: Float64Array;
  readonly r: Float64Array;
}

/** `alphasteer fit`: extract, label by short replies, solve, choose layers and strength on the choose split, save. */
export async function fitJob(params: WorkspaceParams, shelf: ModelShelf, job: Job): Promise<FitResult> {
  const watch = new Stopwatch();
  const workspace = await loadWorkspace(params.workspace, job.problem, params.limit);
  workspace.problems.forEach(job.problem);
  const { config } = workspace;
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
  const key = createHash('sha256')
    .update(
      JSON.stringify([
        model.fingerprint,
        model.device,
        config.fit,
        candidates,
        strength,
        seed,
        rows.map(({ hash, prompt }) => [hash, prompt.label]),
      ]),
    )
    .digest('hex');
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
  const cacheKey = createHash('sha256')
    .update(JSON.stringify([model.fingerprint, model.device, candidates]))
    .digest('hex')
    .slice(0, 16);
  const width = candidates.length * model.hiddenSize;
  const cache = await openActivationCache(cacheFolder, cacheKey, width);
  const labelFile = await openJsonLines(
    join(cacheFolder, `${cacheKey}-labels-${config.fit.labelTokens}.jsonl`),
    parseLabel,
  );
  try {
    const cached = rows.filter(({ hash }) => cache.has(hash)).length;
    await extractBenign();
    watch.lap('activations', `${rows.length} prompts`);
    const replies = await labelMalicious();
    watch.lap('label', `${replies.size} short replies`);

    const verdictOf = ({ hash }: Encoded): string => judge(replies.get(hash) ?? '').verdict;
    const malicious = fitRows.filter(({ prompt }) => isMalicious(prompt.label));
    const benign = fitRows.filter(({ prompt }) => !isMalicious(prompt.label));
    const refused = malicious.filter((row) => verdictOf(row) === 'refused');
    const answered = malicious.filter((row) => verdictOf(row) === 'complied');
    if (benign.length === 0) {
      throw new HumanError({
        message: 'There are no benign prompts to fit on.',
        fix: 'Add a benign prompt file under prompts.fit.',
      });
    }
    const sides = [refused, answered].map((some) => ({ rows: some.length, sums: new Float64Array(0) })) as [
      RowSums,
      RowSums,
    ];
    const warnings = [
      ...alphasteer.benignProblems({ rows: benign.length, d: model.hiddenSize }),
      ...alphasteer.refusalProblems(...sides),
    ].map(({ message, fix }) => `${message} ${fix}`);

    const solutions: LayerSolution[] = [];
    const ratio = config.fit.nullSpaceRatio === 'auto' ? autoRatio : config.fit.nullSpaceRatio;
    const { ridge } = config.fit;
    for (const [k, layer] of candidates.entries()) {
      await job.checkpoint();
      job.progress({ phase: 'Solve', done: k, total: candidates.length, unit: 'layers' });
      const at = async (some: readonly Encoded[]): Promise<Float32Array[]> =>
        Promise.all(
          some.map(async ({ hash }) =>
            (await cache.read(hash)).subarray(k * model.hiddenSize, (k + 1) * model.hiddenSize),
          ),
        );
      const sums = async (some: readonly Encoded[]): Promise<RowSums> => sumRows(await at(some), model.hiddenSize);
      const gram = async (some: readonly Encoded[]): Promise<Gram> => {
        const accumulator = new GramAccumulator(model.hiddenSize);
        for (const row of await at(some)) accumulator.add(row);
        return accumulator.gram();
      };
      const r = alphasteer.refusalDirection(await sums(refused), await sums(answered));
      const spectrum = alphasteer.benignSpectrum(await gram(benign));
      const { k: size, moved } = alphasteer.nullSpaceCut(spectrum, ratio);
      const w = alphasteer.steeringVector(alphasteer.intoSpectrum(spectrum, await gram(malicious), size), size, ridge);
      const harmful = await sums(malicious.filter(({ prompt }) => prompt.label === 'harmful'));
      const jailbreak = await sums(malicious.filter(({ prompt }) => prompt.label === 'jailbreak'));
      const template = harmful.rows && jailbreak.rows ? alphasteer.meanDifference(harmful, jailbreak) : r;
      const scored = (await at(chooseRows)).map((h, i) => ({
        label: chooseRows[i]!.prompt.label,
        s: dot(h, w),
        h: norm(h),
      }));
      const refusalNorm = norm(r);
      const fitted: LayerFit = {
        layer,
        steered: false,
        auc: auc(
          scored.filter(({ label }) => isMalicious(label)).map(({ s }) => s),
          scored.filter(({ label }) => !isMalicious(label)).map(({ s }) => s),
        ),
        meanScore: byLabel(scored, ({ s }) => s),
        norm: byLabel(scored, ({ s }) => Math.abs(s) * refusalNorm),
        relativeNorm: byLabel(scored, ({ s, h }) => (Math.abs(s) * refusalNorm) / h),
        leakage: alphasteer.leakage(scored.filter(({ label }) => !isMalicious(label)).map(({ s }) => s)),
        refusalNorm,
        templateCosine: cosine(r, template),
        spectrum: alphasteer.sampleSpectrum(spectrum, 200),
        cut: size,
        cutMoved: moved,
        benignVarianceInside: alphasteer.benignVarianceInside(spectrum, size),
      };
      solutions.push({ layer, w, r, fitted });
    }
    watch.lap('solve', `${candidates.length} layers`);

    const separation = ({ fitted: { meanScore, leakage } }: LayerSolution): number =>
      (meanScore.jailbreak ?? meanScore.harmful ?? 0) - (meanScore.benign ?? 0) - leakage;
    const chosen = (
      wanted ? solutions : [...solutions].sort((a, b) => separation(b) - separation(a)).slice(0, autoLayers)
    ).sort((a, b) => a.layer - b.layer);
    const layers = chosen.map(({ layer }) => layer);
    const steering = {
      w: flatten(
        candidates.map((layer) => chosen.find((l) => l.layer === layer)?.w),
        model.hiddenSize,
      ),
      r: flatten(
        candidates.map((layer) => chosen.find((l) => l.layer === layer)?.r),
        model.hiddenSize,
      ),
    };
    const points = await tryStrengths(strength === undefined ? strengths : [strength]);
    watch.lap('strength', `${points.length} strengths`);
    const picked = points.find(({ chosen: isChosen }) => isChosen)!;
    const perLayer = solutions.map(({ fitted }) => ({
      ...fitted,
      steered: layers.includes(fitted.layer),
      norm: scale(fitted.norm, picked.strength),
      relativeNorm: scale(fitted.relativeNorm, picked.strength),
    }));
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
        benign: benign.length,
        malicious: malicious.length,
        refused: refused.length,
        answered: answered.length,
        leftOut: malicious.length - refused.length - answered.length,
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
        strength === undefined
          ? `Strength ${picked.strength} is the smallest of ${strengths.join(', ')} that refuses ${Math.round(100 * config.fit.targetRefusal)} % of the malicious prompts of the choose split within the benign budget, or the one nearest to that within the budget.`
          : `Strength ${picked.strength} was set by hand.`,
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

    async function tryStrengths(tried: readonly number[]): Promise<StrengthPoint[]> {
      const sample = (['benign', 'borderline', 'harmful', 'jailbreak'] as const).flatMap((label) =>
        chooseRows.filter(({ prompt }) => prompt.label === label).slice(0, triedPerLabel),
      );
      chat.setSteering(steering);
      const all = [0, ...tried];
      const work = sample.flatMap((row) => all.map((x) => ({ ids: row.ids, strength: x, row })));
      const verdicts = new Map<string, string>();
      const firsts = new Map<string, Float32Array>();
      const kl = new Map<number, number[]>();
      let done = 0;
      // Rows of one prompt at all strengths stand together, so that its base is there when the others are compared with it.
      for (const batch of chat.batches(work, config.fit.labelTokens)) {
        await job.checkpoint();
        job.progress({ phase: 'Strength', done, total: work.length, unit: 'replies' });
        const part = batch.map((i) => work[i]!);
        const made = await chat.reply(
          part,
          {
            maxNewTokens: config.fit.labelTokens,
            endTokens: model.tokenizer.endTokens,
            onFirstLogits: (i, logits) => {
              if (part[i]!.row.prompt.label === 'benign')
                firsts.set(`${part[i]!.row.hash} ${part[i]!.strength}`, logSoftmax(logits));
            },
          },
          job,
        );
        made.forEach((reply, i) =>
          verdicts.set(
            `${part[i]!.row.hash} ${part[i]!.strength}`,
            judge(model.tokenizer.decode(reply.tokens)).verdict,
          ),
        );
        done += batch.length;
      }
      for (const { hash, prompt } of sample) {
        if (prompt.label !== 'benign') continue;
        for (const x of tried)
          kl.set(x, [...(kl.get(x) ?? []), divergence(firsts.get(`${hash} 0`)!, firsts.get(`${hash} ${x}`)!)]);
      }
      const rate = (x: number, label: Label): number =>
        mean(
          sample
            .filter(({ prompt }) => prompt.label === label)
            .map(({ hash }) => Number(verdicts.get(`${hash} ${x}`) === 'refused')),
        );
      const count = (label: Label): number => sample.filter(({ prompt }) => prompt.label === label).length;
      const budget = config.fit.benignBudget;
      const measured = tried.map((x) => ({
        strength: x,
        refused: {
          benign: rate(x, 'benign'),
          borderline: rate(x, 'borderline'),
          harmful: rate(x, 'harmful'),
          jailbreak: rate(x, 'jailbreak'),
        },
        n: {
          benign: count('benign'),
          borderline: count('borderline'),
          harmful: count('harmful'),
          jailbreak: count('jailbreak'),
        },
        benignKl: mean(kl.get(x) ?? []),
        degenerate: sample.filter(({ hash }) => verdicts.get(`${hash} ${x}`) === 'degenerate').length,
      }));
      const within = measured.filter(
        (p) =>
          p.benignKl <= budget.kl &&
          p.refused.benign - rate(0, 'benign') <= budget.overRefusal &&
          !(p.refused.borderline - rate(0, 'borderline') > budget.borderline),
      );
      const best =
        within.find((p) => p.refused.jailbreak >= config.fit.targetRefusal) ??
        [...within].sort((a, b) => b.refused.jailbreak - a.refused.jailbreak || a.strength - b.strength)[0] ??
        measured[0]!;
      if (within.length === 0)
        warnings.push('No strength tried stays within the benign budget; the smallest one was taken.');
      return measured.map((p) => ({ ...p, chosen: p === best }));
    }
  } finally {
    await cache.close();
    await labelFile.close();
  }

  async function extractBenign(): Promise<void> {
    const todo = rows.filter(({ hash, prompt }) => !isMalicious(prompt.label) && !cache.has(hash));
    if (todo.length === 0) return;
    const session = await openExtractionSession(model, candidates);
    let done = 0;
    for (const batch of session.batches(todo.map(({ ids }) => ids.length))) {
      job.progress({ phase: 'Activations', done, total: todo.length, unit: 'prompts' });
      await job.checkpoint();
      const values = await session.run(batch.map((i) => todo[i]!.ids));
      await cache.put(batch.map((i, k) => ({ id: todo[i]!.hash, values: values[k]! })));
      done += batch.length;
    }
    await session.release();
  }

  /** Short base replies of the malicious prompts; their prefill gives the activations as well. */
  async function labelMalicious(): Promise<Map<string, string>> {
    const replies = new Map(labelFile.rows.map(({ hash, reply }) => [hash, reply]));
    const todo = rows.filter(
      ({ hash, prompt }) => isMalicious(prompt.label) && !(cache.has(hash) && replies.has(hash)),
    );
    const work = todo.map(({ ids }) => ({ ids, strength: 0 }));
    let done = 0;
    for (const batch of chat.batches(work, config.fit.labelTokens)) {
      job.progress({ phase: 'Label', done, total: todo.length, unit: 'prompts' });
      await job.checkpoint();
      const made = await chat.reply(
        batch.map((i) => work[i]!),
        { maxNewTokens: config.fit.labelTokens, endTokens: model.tokenizer.endTokens },
        job,
      );
      await cache.put(batch.map((i, k) => ({ id: todo[i]!.hash, values: made[k]!.taps })));
      const fresh = batch.map((i, k) => ({ hash: todo[i]!.hash, reply: model.tokenizer.decode(made[k]!.tokens) }));
      await labelFile.append(fresh);
      for (const { hash, reply } of fresh) replies.set(hash, reply);
      done += batch.length;
    }
    return replies;
  }
}

/** The middle of the model, every other layer: from a quarter to two thirds of its depth. */
function candidateLayers(layers: number): number[] {
  const from = Math.max(1, Math.round(layers / 4));
  const to = Math.round((layers * 2) / 3);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((layer) => (layer - from) % 2 === 0);
}

function parseLabel(value: unknown): { hash: string; reply: string } | undefined {
  if (typeof value !== 'object' || value === null || !('hash' in value) || !('reply' in value)) return undefined;
  return typeof value.hash === 'string' && typeof value.reply === 'string'
    ? { hash: value.hash, reply: value.reply }
    : undefined;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, x) => sum + x, 0) / values.length;
}

function byLabel<T extends { readonly label: Label }>(
  rows: readonly T[],
  value: (row: T) => number,
): Partial<Record<Label, number>> {
  return Object.fromEntries(
    [...new Set(rows.map(({ label }) => label))]
      .sort()
      .map((label) => [label, mean(rows.filter((row) => row.label === label).map(value))]),
  );
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

function logSoftmax(logits: Float32Array): Float32Array {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = Math.log(logits.reduce((total, x) => total + Math.exp(x - top), 0));
  return logits.map((x) => x - top - sum);
}

/** KL(p ‖ q) in nats, from log-probabilities. */
function divergence(p: Float32Array, q: Float32Array): number {
  return p.reduce((sum, x, i) => sum + Math.exp(x) * (x - q[i]!), 0);
}
