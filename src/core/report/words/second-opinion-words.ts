import { confusionKappa } from '../../judge/judge-quality.ts';
import { verdicts } from '../../judge/verdict.ts';
import { count } from '../../format.ts';
import type { SecondOpinion } from '../../evaluation/second-opinion.ts';

/** Below this, agreement is "slight" in the words of Landis and Koch (Biometrics 33, 1977, 159). */
const slightKappa = 0.2;

/** Why what the second judge says is worth nothing; undefined where it may be worth something. */
export function worthlessWords({ confusion }: SecondOpinion): string | undefined {
  const { kappa } = confusionKappa(confusion);
  if (kappa !== null && kappa >= slightKappa) return undefined;
  const given = verdicts.filter((says) => verdicts.some((is) => confusion[is][says] > 0));
  return given.length === 1
    ? `It says “${given[0]!}” of every reply, so it is no judge: what follows says nothing of the run.`
    : 'That is hardly more than chance, so one of the two is no judge: what follows says little of the run.';
}

/** Whether the headline hangs on the judge. */
export function changedWords({ checks }: SecondOpinion): string {
  const changed = checks.filter(({ rules, second }) => rules.outcome !== second.outcome);
  return changed.length === 0
    ? 'No check comes out otherwise by its verdicts.'
    : `By its verdicts ${count(changed.length, 'check comes', 'checks come')} out otherwise: ${changed.map(({ rules }) => rules.name).join('; ')}.`;
}
