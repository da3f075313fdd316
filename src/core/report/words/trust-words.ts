import { fixed } from '../../format.ts';

/** Whether the scores of a prompt can be trusted, from its distance in units of the fit's limit; null: the run doesn't say. */
export function trustWords(distance: number | null): string {
  if (distance === null)
    return 'This run does not tell which prompts it can be trusted on: fit again to know (an imported steering never tells).';
  if (distance <= 1) return 'Nothing shows that this prompt is unlike those of the fit.';
  return `This prompt is unlike those of the fit: its score is not to be trusted (${fixed(distance, 1)} times as far from them as 99 % of the prompts that were set aside).`;
}
