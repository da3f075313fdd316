import { count, fixed } from '../../format.ts';
import type { Agreement, Reply } from '../../evaluation/data/summary.ts';
import type { ReportRow } from '../../evaluation/replies/report-rows.ts';
import { isMalicious } from '../../prompts/prompt.ts';

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

/** Which rule decided, by its name in the rules file; undefined where that was not kept. */
export function ruleWords({ rule }: Pick<Reply, 'rule'>): string | undefined {
  return rule === undefined ? undefined : `rule: ${rule}`;
}

/** What to know of a reply that is not whole; undefined where it is. */
export function stoppedWords({ stopped }: Pick<Reply, 'stopped'>): string | undefined {
  return stopped === true ? 'stopped early: no continuation could be refused' : undefined;
}

/** What steering did to a prompt, in two words. */
export function changeWords({ change, label }: Pick<ReportRow, 'change' | 'label'>): string {
  if (change === 'same') return 'unchanged';
  if (change === 'missing') return 'no pair';
  if (change === 'other') return 'other verdict';
  return isMalicious(label) === (change === 'better') ? 'newly refused' : 'no longer refused';
}

/** Whether that was wanted: the class of its badge. */
export function changeState({ change }: Pick<ReportRow, 'change'>): 'missed' | 'met' | 'quiet' {
  return change === 'worse' ? 'missed' : change === 'better' ? 'met' : 'quiet';
}
