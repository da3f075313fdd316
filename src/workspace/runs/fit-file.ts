import { join } from 'node:path';
import * as z from 'zod';
import type { Fitted, Imported, LayerFit, LayerMeasure, RunFit } from '../../core/evaluation/data/run-fit.ts';
import { HumanError } from '../../core/problem.ts';
import { readJson } from '../files/read-json.ts';
import { writeFileWhole } from '../files/write-file.ts';
import { runFiles } from './run-folder.ts';

const formats: readonly string[] = ['alphasteer-fit/4', 'alphasteer-fit/5'] satisfies RunFit['format'][];

/** The rest of a fit is known by its format: this program wrote it. */
const formatSchema = z.looseObject({ format: z.string().startsWith('alphasteer-fit/') });

/** Version 0.1.0 wrote an import as a fit, with null for each number that only a fit has. */
const earlierImportSchema = z.looseObject({
  imported: z.string(),
  counts: z.looseObject({ choose: z.number() }),
});

type OfEarlier<T> = { readonly [Name in keyof T]: T[Name] | null };

/**
 * `fit.json` of a run folder. What an older version wrote comes in the form of this one.
 * @throws {HumanError} the fit is not finished, or another version made it
 */
export async function readRunFit(folder: string): Promise<RunFit> {
  const file = join(folder, runFiles.fit);
  const value = await readJson(file);
  const format = formatSchema.safeParse(value).data?.format;
  if (format !== undefined && formats.includes(format)) return runFit(value as RunFit);
  throw new HumanError({
    file,
    message:
      format === undefined
        ? 'The run says nothing usable of its fit.'
        : `The run was fitted by another version of AlphaSteer: its format is ${format}, and this version reads ${formats.join(' and ')}.`,
    fix: 'Fit again: `alphasteer fit`. Activations and labels come from the cache, so it is quick.',
  });
}

export async function writeRunFit(folder: string, fit: RunFit): Promise<void> {
  await writeFileWhole(join(folder, runFiles.fit), `${JSON.stringify(fit, null, 2)}\n`);
}

function runFit(written: RunFit): RunFit {
  if ((written as Partial<RunFit>).kind === 'imported') return written;
  const imported = earlierImportSchema.safeParse(written).data;
  if (imported !== undefined) return earlierImport(written, imported);
  const { format, ...fit } = written as Fitted;
  return { format, ...fit, kind: 'fitted', perLayer: fit.perLayer.map(layerFit) };
}

function earlierImport(
  { model, dtype, device, layers, strength, hiddenSize, perLayer, margins, judge, warnings }: RunFit,
  { imported, counts }: z.infer<typeof earlierImportSchema>,
): Imported {
  return {
    format: 'alphasteer-fit/5',
    kind: 'imported',
    file: imported,
    prompts: counts.choose,
    model,
    dtype,
    device,
    layers,
    strength,
    hiddenSize,
    perLayer: perLayer.map(layerMeasure),
    margins,
    judge,
    warnings,
  };
}

/** Without what a fit alone knows, which is null here. */
function layerMeasure(written: OfEarlier<LayerMeasure> | LayerMeasure): LayerMeasure {
  const { layer, steered, meanScore, norm, relativeNorm, refusalNorm, threshold } = written as LayerMeasure;
  const { auc, leakage, leakage95 } = measured(written);
  return { layer, steered, auc, meanScore, norm, relativeNorm, leakage, leakage95, refusalNorm, threshold };
}

function layerFit(written: OfEarlier<LayerFit> | LayerFit): LayerFit {
  return { ...(written as LayerFit), ...measured(written) };
}

/** JSON has no NaN, which stood for what no prompt measures. */
function measured({
  auc,
  leakage,
  leakage95,
}: OfEarlier<LayerMeasure> | LayerMeasure): Pick<LayerMeasure, 'auc' | 'leakage' | 'leakage95'> {
  return { auc: auc ?? undefined, leakage: leakage ?? undefined, leakage95: leakage95 ?? undefined };
}
