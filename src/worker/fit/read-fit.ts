import type { Config } from '../../core/config.ts';
import type { Problem } from '../../core/problem.ts';
import { splitPrompts } from '../../core/prompts/split/split.ts';
import type { FitParams } from '../../rpc/worker-api.ts';
import { loadJudge, type LoadedJudge } from '../../workspace/load-judge.ts';
import { loadWorkspace, type WorkspaceFile } from '../../workspace/load-workspace.ts';
import { eachEncoded } from '../model/encode-prompts.ts';
import { FitPrompts, placesInFit, type FitParts } from './fit-prompts.ts';
import type { Job, Stopwatch } from '../job.ts';
import type { Model } from '../model/model.ts';
import { modelSettings, type ModelShelf } from '../model/loaded-model.ts';

/** What a fit works on. */
export interface FitInput extends FitParts {
  readonly root: string;
  readonly config: Config;
  readonly files: readonly WorkspaceFile[];
  readonly judge: LoadedJudge;
  readonly seed: number;
  readonly model: Model;
  /** Layers and strength set by hand, in the call or in `alphasteer.json`; undefined: the fit chooses. */
  readonly givenLayers: readonly number[] | undefined;
  readonly givenStrength: number | undefined;
  /** The layers that are solved, of which some are steered. */
  readonly candidates: readonly number[];
  /** How many prompts of those two the model's context does not hold. */
  readonly tooLong: number;
  /** Ids of the jailbreaks whose goals are held out, and how many goals that are. */
  readonly heldOut: readonly string[];
  readonly heldOutGoals: number;
  /** See `Split`. */
  readonly duplicates: readonly Problem[];
  readonly shared: readonly Problem[];
}

/**
 * Reads a workspace and splits its prompts, and opens its model. The texts are only needed for that: nothing of what is
 * returned holds them, so that their memory is free for the fit.
 * @throws {HumanError} no usable configuration, judge or model
 */
export async function readFit(params: FitParams, shelf: ModelShelf, job: Job, watch: Stopwatch): Promise<FitInput> {
  const { root, config, ...workspace } = await loadWorkspace(params.workspace, job.problem, params.limit);
  workspace.problems.forEach(job.problem);
  const judge = await loadJudge(root, config, job.problem);
  const seed = params.seed ?? config.fit.seed;
  const split = splitPrompts(workspace.fit, workspace.evaluate, { ...config.fit, seed });
  [...split.duplicates, ...split.shared].forEach(job.problem);
  watch.lap('read prompts', `${workspace.fit.length} prompts`);

  const model = await shelf.model(modelSettings(params.workspace, config, params), job);
  const placeOf = placesInFit(split);
  const [fit, choose] = [split.fit, split.choose].map(
    (part) => new FitPrompts(eachEncoded(model, part, config.fit.labelTokens, job.problem), part.length, placeOf),
  ) as [FitPrompts, FitPrompts];
  const givenLayers = params.layers ?? (config.fit.layers === 'auto' ? undefined : config.fit.layers);
  return {
    ...{ root, config, files: workspace.files, judge, seed, model, fit, choose },
    givenLayers,
    givenStrength: params.strength ?? (config.fit.strength === 'auto' ? undefined : config.fit.strength),
    candidates: givenLayers ?? candidateLayers(model.layers),
    tooLong: split.fit.length + split.choose.length - fit.length - choose.length,
    heldOut: split.heldOut.map(({ id }) => id),
    heldOutGoals: split.heldOutGoals.length,
    duplicates: split.duplicates,
    shared: split.shared,
  };
}

/** Every other layer from a quarter to four fifths of the model's depth. */
function candidateLayers(layers: number): number[] {
  const from = Math.max(1, Math.round(layers / 4));
  const to = Math.round((layers * 4) / 5);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((layer) => (layer - from) % 2 === 0);
}
