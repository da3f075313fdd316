import type { Fitted, RunFit } from '../../../core/evaluation/data/run-fit.ts';
import { HumanError, type Problem } from '../../../core/problem.ts';

/**
 * The fit that controls are made from.
 * @param at where the controls are asked for
 * @throws {HumanError} the steering was imported
 */
export function requireFitted(fit: RunFit, at: Pick<Problem, 'file' | 'line' | 'column'>): Fitted {
  if (fit.kind === 'fitted') return fit;
  throw new HumanError({
    ...at,
    message: `The steering of this run was imported from ${fit.file}: it has no fit to make controls from.`,
    fix: 'Compare without controls (--controls none), or name a run that was fitted here.',
  });
}
