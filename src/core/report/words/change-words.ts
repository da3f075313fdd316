import { isMalicious } from '../../prompts/prompt.ts';
import type { ReportRow } from '../../evaluation/replies/report-rows.ts';

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
