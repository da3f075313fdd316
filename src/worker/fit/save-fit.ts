import type { Fitted } from '../../core/evaluation/data/run-fit.ts';
import type { FirstTokens } from '../../core/fit/first-token.ts';
import type { Label } from '../../core/prompts/prompt.ts';
import { writeFirstTokens } from '../../workspace/runs/first-tokens-file.ts';
import { writeRunFit } from '../../workspace/runs/fit-file.ts';
import { givenName, openRunFolder, writeManifest, type Manifest } from '../../workspace/runs/run-folder.ts';
import { shortHashOfAll } from '../model-files/short-hash.ts';
import { inTurn, type FitParts } from './fit-prompts.ts';
import { manifestFacts } from './manifest-facts.ts';
import type { FitInput } from './read-fit.ts';
import { writeSteering, type Steering } from './steering-file.ts';
import { writeTrustMeasure, type TrustMeasure } from './trust-file.ts';

/** A run folder whose manifest says that a fit goes on in it. */
export interface OpenFit {
  readonly run: string;
  readonly manifest: Manifest;
}

/** What a finished fit leaves in its folder. */
export interface FinishedFit {
  readonly fit: Fitted;
  readonly steering: Steering;
  readonly trust: TrustMeasure;
  readonly firstTokens: FirstTokens;
}

/**
 * Opens the folder of a fit: that of an unfinished fit with the same key, or a new one.
 * @param out the folder, where the caller names one
 */
export async function openFit(input: FitInput, out: string | undefined): Promise<OpenFit> {
  const { root, config, model, seed, candidates, givenStrength } = input;
  const key = shortHashOfAll(
    [model.fingerprint, model.device, config.fit, candidates, givenStrength, seed],
    hashesWithLabels(input),
  );
  const run = await openRunFolder(root, key, new Date(), out);
  const manifest: Manifest = {
    format: 'alphasteer-run/1',
    key,
    state: 'fitting',
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
  return { run, manifest };
}

/** Writes all files of a fit; the manifest comes last and says that it is fitted. */
export async function saveFit(
  { run, manifest }: OpenFit,
  { model, config }: Pick<FitInput, 'model' | 'config'>,
  { fit, steering, trust, firstTokens }: FinishedFit,
): Promise<void> {
  const metadata = { ratio: String(fit.nullSpaceRatio), ridge: JSON.stringify(config.fit.ridge) };
  await writeSteering(run, steering, model, metadata);
  await writeTrustMeasure(run, trust);
  await writeFirstTokens(run, firstTokens);
  await writeRunFit(run, fit);
  await writeManifest(run, { ...manifest, ...(await givenName(run)), state: 'fitted' });
}

function* hashesWithLabels(parts: FitParts): Generator<readonly [string, Label]> {
  for (const { hash, label } of inTurn(parts)) yield [hash, label];
}
