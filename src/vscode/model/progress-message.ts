import { formatDuration, type ProgressRate } from '../../core/progress-rate.ts';
import type { Progress } from '../../rpc/worker-api.ts';

/** `Activations, 1,024 of 2,730 prompts (38 %), 61/s, 0:28 left` */
export function progressMessage(
  { phase, done, total, unit }: Progress,
  { perSecond, secondsLeft }: ProgressRate,
): string {
  const number = (n: number): string => n.toLocaleString('en-US');
  const parts = [`${phase}, ${number(done)} of ${number(total)} ${unit} (${percentDone({ done, total })} %)`];
  if (perSecond !== undefined) parts.push(`${perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toPrecision(2)}/s`);
  if (secondsLeft !== undefined && done < total) parts.push(`${formatDuration(secondsLeft)} left`);
  return parts.join(', ');
}

/** 0 to 100, whole; 100 only when all is done. */
export function percentDone({ done, total }: Pick<Progress, 'done' | 'total'>): number {
  return total === 0 ? 100 : Math.floor((100 * done) / total);
}
