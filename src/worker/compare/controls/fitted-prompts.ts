import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { fitSettings, type Config } from '../../../core/config.ts';
import type { Judgement, Verdict } from '../../../core/judge/verdict.ts';
import { HumanError } from '../../../core/problem.ts';
import { dealFolds } from '../../../core/prompts/split/folds.ts';
import { isMalicious } from '../../../core/prompts/prompt.ts';
import { splitPrompts } from '../../../core/prompts/split/split.ts';
import { templatesOf } from '../../../core/prompts/kinds/templates.ts';
import type { Fitted } from '../../../core/evaluation/data/run-fit.ts';
import type { Workspace } from '../../../workspace/load-workspace.ts';
import type { Manifest } from '../../../workspace/runs/run-folder.ts';
import type { Chat } from '../../lanes/laned-chat.ts';
import { encodePrompts, type Encoded } from '../../model/encode-prompts.ts';
import { extractActivations } from '../../fit/activations.ts';
import { labelFile, openLayerCache } from '../../fit/fit-cache.ts';
import type { Job } from '../../job.ts';
import type { Model } from '../../model/model.ts';
import { shortReplies } from '../../fit/short-replies.ts';
import type { LabelledActivation } from './cross-fit.ts';

/** The parts of a manifest that say which prompts were fitted on, and how. */
const fittedSchema = z.object({
  fit: fitSettings,
  seed: z.number(),
  prompts: z.array(z.object({ file: z.string(), part: z.string(), sha256: z.string(), rows: z.number() })),
});

/** The prompts of a finished fit once more, with what the model said to them and their activations. */
export interface FittedPrompts {
  readonly settings: Config['fit'];
  readonly choose: readonly Encoded[];
  /** Of the malicious prompts' short replies. */
  readonly verdicts: ReadonlyMap</* token hash */ string, Verdict>;
  /** The fit's prompts at a layer, dealt to `folds` as the fit dealt them. */
  at(layer: number, folds: number): Promise<LabelledActivation[]>;
  /** [d] at a layer; of any prompt once `extract` has seen it. */
  read(prompt: Encoded, layer: number): Promise<Float32Array>;
  extract(prompts: readonly Encoded[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Reads what the fit left in its cache, and makes again what is gone from it.
 *
 * @param chat taps the layers that the fit tried
 * @throws {HumanError} the workspace's prompts are not those of the fit any more
 */
export async function openFittedPrompts(
  { workspace, manifest, fitted, file }: { workspace: Workspace; manifest: Manifest; fitted: Fitted; file: string },
  { model, chat, job, judge }: { model: Model; chat: Chat; job: Job; judge: (reply: string) => Judgement },
): Promise<FittedPrompts> {
  const made = fittedSchema.parse(manifest);
  const isOfFit = ({ part }: { part: string }): boolean => part === 'fit';
  if (!isDeepStrictEqual(made.prompts.filter(isOfFit), workspace.files.filter(isOfFit))) {
    throw new HumanError({
      file,
      message:
        'The prompts of this run are not those of the workspace: it was fitted with --limit, or they have changed.',
      fix: 'Fit again without --limit, or compare with --controls none.',
    });
  }
  const { fit: settings, seed } = made;
  const split = splitPrompts(workspace.fit, workspace.evaluate, { ...settings, seed });
  const [fit, choose] = [split.fit, split.choose].map((prompts) =>
    encodePrompts(model, prompts, settings.labelTokens, () => undefined /* told by the fit */),
  ) as [Encoded[], Encoded[]];
  const rows = [...fit, ...choose];
  const layers = fitted.perLayer.map(({ layer }) => layer);
  const cache = await openLayerCache(workspace.root, model, layers);
  const extract = async (prompts: readonly Encoded[]): Promise<void> =>
    extractActivations(prompts, layers, { model, cache, job });
  try {
    const malicious = rows.filter(({ prompt }) => isMalicious(prompt.label));
    const labels = labelFile(workspace.root, model, settings.labelTokens);
    const making = { model, chat, cache, job, judge };
    const replies = await shortReplies(labels, malicious, settings.labelTokens, making);
    await extract(rows);
    const templates = templatesOf(split.fit);
    const read = async ({ hash }: Encoded, layer: number): Promise<Float32Array> =>
      cache.read(hash, layers.indexOf(layer) * model.hiddenSize, model.hiddenSize);
    return {
      settings,
      choose,
      verdicts: new Map(malicious.map(({ hash }) => [hash, replies.get(hash)!.verdict])),
      at: async (layer, folds) => {
        const foldOf = dealFolds(split.fit, folds, split.groupOf, ({ id }) => templates.get(id)!);
        const activations: LabelledActivation[] = [];
        for (const row of fit) {
          const { label, id } = row.prompt;
          activations.push({ label, template: templates.get(id), h: await read(row, layer), fold: foldOf.get(id) });
        }
        return activations;
      },
      read,
      extract,
      close: () => cache.close(),
    };
  } catch (error) {
    await cache.close();
    throw error;
  }
}
