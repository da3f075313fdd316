import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { ControlFit } from '../../../core/controls/control-fit.ts';
import { readSafetensors } from '../../../core/formats/safetensors.ts';
import type { Model } from '../../model/model.ts';
import { readSteeringFile, writeSteeringFile } from '../../fit/steering-file.ts';
import type { FittedControl } from './fitted-control.ts';

/** What was chosen is known by its recipe: this program wrote it. */
const chosenSchema = z.string().transform((text): ControlFit => JSON.parse(text) as ControlFit);

export async function writeControl(
  file: string,
  { chosen, steering, recipe }: FittedControl,
  model: Pick<Model, 'fingerprint' | 'hiddenSize'>,
): Promise<void> {
  await writeSteeringFile(file, steering, model, { recipe, chosen: JSON.stringify(chosen) });
}

/**
 * The control in the file; nothing where there is none, or another recipe made it.
 * @throws {HumanError} the file is damaged
 */
export async function readControl(
  file: string,
  recipe: string,
  model: Pick<Model, 'fingerprint' | 'hiddenSize' | 'layers'>,
): Promise<FittedControl | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const { metadata } = readSafetensors(new Uint8Array(bytes), file);
  if (metadata['recipe'] !== recipe) return undefined;
  return { chosen: chosenSchema.parse(metadata['chosen']), steering: await readSteeringFile(file, model), recipe };
}
