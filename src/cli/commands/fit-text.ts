import type { Fitted } from '../../core/evaluation/data/run-fit.ts';
import type { FitResult } from '../../rpc/worker-api.ts';

/** What a fit learnt, for a terminal. */
export function fitText({ run, fit, cached, computed }: FitResult): string {
  const { counts } = fit;
  return [
    `Fitted on ${counts.benign} benign and ${counts.malicious} malicious prompts (${counts.refused} refused, ${counts.answered} answered, ${counts.leftOut} neither); ${counts.choose} chose layers and strength, ${counts.heldOutGoals} jailbreak goals are kept for the report.`,
    `Activations: ${computed} computed, ${cached} from the cache.`,
    ...fit.reasons,
    '',
    '  layer    AUC   leakage  recognised  threshold   mean score: ' +
      Object.keys(fit.perLayer[0]?.meanScore ?? {}).join('  '),
    ...fit.perLayer.map(({ layer, steered, auc, leakage, recognised, threshold, meanScore }) => {
      const scores = Object.entries(meanScore).map(([label, x]) => `${label} ${x.toFixed(2)}`);
      return `${steered ? '*' : ' '} ${String(layer).padStart(5)}  ${measured(auc)}  ${measured(leakage).padStart(8)}${percent(recognised, 12)}${(threshold?.toFixed(3) ?? '-').padStart(11)}   ${scores.join('  ')}`;
    }),
    '  recognised: jailbreaks above a threshold that the benign budget allows, each scored by a fit without its kind',
    '',
    '  strength  newly refused: benign  borderline   refused: harmful  jailbreak   benign KL  degenerate',
    ...fit.strengths.map(
      ({ strength, refused, benignKl, degenerate, chosen }) =>
        `${chosen ? '*' : ' '} ${String(strength).padStart(8)}${percent(refused.benign, 23)}${percent(refused.borderline, 12)}${percent(refused.harmful, 19)}${percent(refused.jailbreak, 11)}${benignKl.toFixed(3).padStart(12)}${String(degenerate).padStart(12)}`,
    ),
    ...firstTokenLine(fit),
    '',
    ...(fit.warnings.length === 0 ? [] : ['Warnings', ...fit.warnings.map((warning) => `- ${warning}`), '']),
    `Run: ${run}`,
  ].join('\n');
}

function firstTokenLine({ firstToken }: Fitted): string[] {
  if (firstToken === undefined) return [];
  const auc = firstToken.auc === null ? 'all or none of them refused' : `AUC ${firstToken.auc.toFixed(3)}`;
  return [`  Whether a reply refuses, told by its first token alone: ${auc}, on ${firstToken.n} replies`];
}

/** A number that a choose split without benign prompts does not give. */
function measured(value: number | undefined): string {
  return value?.toFixed(3) ?? '-';
}

function percent(part: number | undefined, width: number): string {
  return (part === undefined ? '-' : `${(100 * part).toFixed(1)} %`).padStart(width);
}
