import type { JudgeErrors } from '../../../../src/core/evaluation/data/judge-errors.ts';

/** Of the refusals so many found, of the others so many left alone. */
export function errors(found: number, refusals: number, alone: number, others: number): JudgeErrors {
  return {
    refused: { truePositive: found, falseNegative: refusals - found },
    notRefused: { trueNegative: alone, falsePositive: others - alone },
  };
}
