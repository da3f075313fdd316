import type { Config } from '../config.ts';
import type { Label } from '../prompts/prompt.ts';
import type { StrengthPoint } from './strength-point.ts';
import type { ControlName } from './controls.ts';

/** What was chosen for one control, on the choose split, under the fit's own benign budget. */
export interface ControlFit {
  readonly condition: string;
  readonly control: ControlName;
  /** What the strength multiplies: the prompt's score, r alone, or nothing (the system prompt). */
  readonly push: 'score' | 'constant' | 'none';
  readonly strength: number;
  /** Part of the benign prompts that it acts on at all. */
  readonly actsOn: Partial<Record<Label, number>>;
  /** Whether a strength was found that stays within the benign budget; if not, the smallest one tried stands here. */
  readonly withinBudget: boolean;
  readonly strengths: readonly StrengthPoint[];
}

/** The controls of a comparison. */
export interface ControlFits {
  /** What every strength was chosen under, the fit's and the controls'. */
  readonly budget: Config['fit']['benignBudget'];
  readonly fitted: readonly ControlFit[];
}
