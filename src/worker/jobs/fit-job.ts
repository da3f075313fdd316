import { refusalChance } from '../../core/fit/first-token.ts';
import { problemSentence, type Problem } from '../../core/problem.ts';
import type { FitResult, FitParams } from '../../rpc/worker-api.ts';
import { extractActivations } from '../fit/activations.ts';
import { chooseSteering } from '../fit/choose-steering.ts';
import { steeringAt, triedPrompts } from '../fit/chosen-layers.ts';
import { countProblems, countPrompts } from '../fit/count-prompts.ts';
import { labelFile, openLayerCache } from '../fit/fit-cache.ts';
import { inTurn } from '../fit/fit-prompts.ts';
import { labelPrompts } from '../fit/label-prompts.ts';
import { measureTrust } from '../fit/measure-trust.ts';
import { readFit } from '../fit/read-fit.ts';
import { openFit, saveFit } from '../fit/save-fit.ts';
import { summariseFit } from '../fit/summarise-fit.ts';
import { byScore, tryStrengths } from '../fit/try-strengths.ts';
import { Stopwatch, type Job } from '../job.ts';
import type { ModelShelf } from '../model/loaded-model.ts';
import { ProductSession } from '../session/product-session.ts';

/** Strengths tried where the configuration says "auto". */
const strengths = [1, 2, 3, 4];

/** `alphasteer fit`: extract, label by short replies, solve, choose layers and strength on the choose split, save. */
export async function fitJob(params: FitParams, shelf: ModelShelf, job: Job): Promise<FitResult> {
  const watch = new Stopwatch();
  const input = await readFit(params, shelf, job, watch);
  // The prompts' texts: 50 MB at 100,000 prompts, and the model would come on top of them.
  globalThis.gc?.();
  const { root, config, model, candidates, givenLayers, givenStrength, judge } = input;
  const d = model.hiddenSize;
  const open = await openFit(input, params.out);
  const chat = await shelf.batchChat(model, candidates, candidates);
  watch.lap('load model', `${model.folder.dtype} on ${model.device}`);
  const cache = await openLayerCache(root, model, candidates);
  let products: ProductSession | undefined;
  try {
    products = await ProductSession.open(model.threads);
    const { addProduct } = products;
    const prompts = input.fit.length + input.choose.length;
    let cached = 0;
    for (const { hash } of inTurn(input)) cached += Number(cache.has(hash));
    // Labels first: their prefill gives the activations of the malicious prompts as well.
    const { labelTokens } = config.fit;
    const making = { model, chat, cache, job, judge: judge.judge };
    const labels = labelFile(root, model, labelTokens);
    const { replies, firstTokens } = await labelPrompts([input.fit, input.choose], labels, labelTokens, making);
    watch.lap('label', `${replies} short replies`);
    await extractActivations(inTurn(input), candidates, { model, cache, job });
    watch.lap('activations', `${prompts} prompts, ${cached} from the cache`);

    const warnings: string[] = [];
    const warn = (problem: Problem): void => {
      job.problem(problem);
      warnings.push(problemSentence(problem));
    };
    const counts = countPrompts(input.fit);
    countProblems(counts, d).forEach(warn);
    const tried = { tried: candidates, given: givenLayers, ofModel: model.layers };
    const chosen = await chooseSteering(input, tried, config.fit, { cache, d, addProduct, job, watch });
    // The session can steer every candidate; those not chosen stay closed.
    chat.setSteering(steeringAt(candidates, chosen, d));
    const trial = await tryStrengths(
      givenStrength === undefined ? strengths : [givenStrength],
      triedPrompts(input.choose, chosen),
      {
        openPart: chosen.steeredPart,
        row: byScore,
        affordableOnly: false,
        refusalChance: (logits) => refusalChance(logits, firstTokens),
      },
      config.fit,
      making,
    );
    if (!trial.withinBudget) warn(overBudget);
    watch.lap('strength', `${trial.points.length} strengths`);

    const fit = summariseFit(input, { counts, chosen, trial, warnings });
    const { layers, strength } = fit;
    const trust = await measureTrust(
      d,
      input,
      chosen.layers.map(({ without }) => without),
      ({ hash }, k) => cache.read(hash, candidates.indexOf(layers[k]!) * d, d),
      addProduct,
    );
    watch.lap('trust', `${layers.length} layers`);
    const steering = { layers, ...steeringAt(layers, chosen, d), strength };
    await saveFit(open, input, { fit, steering, trust, firstTokens });
    return { run: open.run, fit, cached, computed: prompts - cached, seconds: watch.times() };
  } finally {
    await cache.close();
    await products?.release();
  }
}

const overBudget: Problem = {
  severity: 'warning',
  message: 'No strength tried stays within the benign budget; the smallest one was taken.',
  fix: 'Add benign prompts like those that came to be refused, or allow more under fit.benignBudget.',
};
