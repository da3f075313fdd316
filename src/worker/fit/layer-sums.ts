import { GramAccumulator, sumGrams, type Gram } from '../../core/linalg/gram.ts';
import type { AddProduct } from '../../core/linalg/product.ts';
import { addRow, joinRowSums, noRows, type GrowingRowSums, type RowSums } from '../../core/linalg/row-sums.ts';
import { isMalicious, type Label } from '../../core/prompts/prompt.ts';
import type { FitPrompt, FitRole } from './fit-prompts.ts';

/** One prompt of the fit, as the solver sees it. */
export interface FitRow extends FitRole, Pick<FitPrompt, 'label' | 'verdict'> {
  /** Its activation at the layer, [d]. */
  readonly read: () => Promise<Float32Array>;
}

/** What some of the prompts add up to. */
export interface PartSums {
  readonly benign: Gram;
  readonly malicious: Gram;
  /** By the wrapper's name. */
  readonly wrappers: ReadonlyMap<string, RowSums>;
}

/** Malicious prompts by what the model's own reply to them was. */
export interface RefusalSums {
  readonly refused: RowSums;
  readonly answered: RowSums;
}

/** All that a fit, its cross-check and its stability need to know of the prompts at one layer. */
export interface LayerSums {
  readonly d: number;
  /** What every fold fits on, then what each fold leaves out. */
  readonly parts: readonly PartSums[];
  /** One for each part of the goals. */
  readonly refusal: readonly RefusalSums[];
  readonly harmful: RowSums;
  readonly jailbreak: RowSums;
}

/** How many parts the prompts are summed in: folds of the cross-check, and parts of the malicious goals. */
export interface Parts {
  readonly folds: number;
  readonly goals: number;
}

/** Goes over the rows twice, reads each activation once and keeps only sums: memory does not grow with the number of prompts. */
export async function sumLayer(
  d: number,
  rows: Iterable<FitRow>,
  { folds, goals }: Parts,
  balanceLabels: boolean,
  addProduct: AddProduct,
): Promise<LayerSums> {
  const weights = balanceLabels ? benignWeights(rows) : {};
  const parts = Array.from({ length: folds + 1 }, () => ({
    benign: new GramAccumulator(d, addProduct),
    malicious: new GramAccumulator(d, addProduct),
    wrappers: new Map<string, GrowingRowSums>(),
  }));
  const refusal = Array.from({ length: goals }, () => ({ refused: noRows(d), answered: noRows(d) }));
  const sums = { harmful: noRows(d), jailbreak: noRows(d) };
  for (const { label, verdict, template, fold, goalPart, read } of rows) {
    const { benign, malicious, wrappers } = parts[fold === undefined ? 0 : fold + 1]!;
    const h = await read();
    if (isMalicious(label)) await malicious.add(h);
    else await benign.add(h, weights[label]);
    if (label === 'harmful' || label === 'jailbreak') addRow(sums[label], h);
    if (goalPart !== undefined && verdict === 'refused') addRow(refusal[goalPart]!.refused, h);
    if (goalPart !== undefined && verdict === 'complied') addRow(refusal[goalPart]!.answered, h);
    if (template !== undefined) {
      const wrapper = wrappers.get(template) ?? noRows(d);
      wrappers.set(template, wrapper);
      addRow(wrapper, h);
    }
  }
  const summed: PartSums[] = [];
  for (const { benign, malicious, wrappers } of parts)
    summed.push({ benign: await benign.gram(), malicious: await malicious.gram(), wrappers });
  return {
    d,
    parts: summed,
    refusal,
    ...sums,
  };
}

/** The sums of the prompts of all these parts, at least one. */
export function joinParts(parts: readonly PartSums[]): PartSums {
  const wrappers = new Map<string, RowSums>();
  for (const part of parts)
    for (const [name, sums] of part.wrappers) {
      const known = wrappers.get(name);
      wrappers.set(name, known === undefined ? sums : joinRowSums([known, sums]));
    }
  return {
    benign: sumGrams(parts.map(({ benign }) => benign)),
    malicious: sumGrams(parts.map(({ malicious }) => malicious)),
    wrappers,
  };
}

/** What a prompt of each benign label counts in H_b so that the labels are the same in all: 1 for the largest. */
function benignWeights(rows: Iterable<Pick<FitRow, 'label'>>): Partial<Record<Label, number>> {
  const counts = new Map<Label, number>();
  for (const { label } of rows) if (!isMalicious(label)) counts.set(label, (counts.get(label) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return Object.fromEntries([...counts].map(([label, count]) => [label, most / count]));
}
