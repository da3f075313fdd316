import type { LayerScores } from '../../../core/fit/choose-layers.ts';
import { dot } from '../../../core/linalg/inner-product.ts';
import { isMalicious, type Label } from '../../../core/prompts/prompt.ts';

/** A prompt of the fit at one layer. */
export interface LabelledActivation {
  readonly label: Label;
  /** The wrapper of a jailbreak. */
  readonly template: string | undefined;
  /** [d] */
  readonly h: Float32Array;
  /** The fit that is made without it; undefined: all are made with it. */
  readonly fold: number | undefined;
}

/** Which direction tells malicious from benign prompts, [d]. */
export type SolveScore = (rows: readonly LabelledActivation[]) => Promise<Float64Array>;

/** Scores of prompts by fits that never saw them. */
export async function crossFit(
  rows: readonly LabelledActivation[],
  folds: number,
  solve: SolveScore,
): Promise<LayerScores> {
  const scored: { label: Label; score: number }[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const w = await solve(rows.filter((row) => row.fold !== fold));
    for (const row of rows) if (row.fold === fold) scored.push({ label: row.label, score: dot(row.h, w) });
  }
  const of = (wanted: (label: Label) => boolean): number[] =>
    scored.filter(({ label }) => wanted(label)).map(({ score }) => score);
  return {
    benign: { benign: of((label) => label === 'benign'), borderline: of((label) => label === 'borderline') },
    malicious: of(isMalicious),
  };
}
