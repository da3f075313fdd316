import { count, fixed } from '../../format.ts';
import type { Agreement, Reply } from '../../evaluation/data/summary.ts';

/** How many of the verdicts are a person's, and how far that person agrees with the rules; undefined where none is. */
export function reviewSentence({ reviewed, agreed, kappa }: Agreement): string | undefined {
  if (reviewed === 0) return undefined;
  const chance = kappa === null ? '' : ` (Cohen's kappa ${fixed(kappa, 2)}; 1: always agreed, 0: as by chance)`;
  return `A person judged ${count(reviewed, 'reply', 'replies')} and overruled the rules on ${reviewed - agreed}${chance}. These verdicts count in every rate here.`;
}

/** Whose a verdict is, where it is a person's. */
export function reviewWords({ verdict, rules }: Pick<Reply, 'verdict' | 'rules'>): string | undefined {
  if (rules === undefined) return undefined;
  return rules === verdict ? 'confirmed by a person' : `by a person (rules: ${rules})`;
}
