import type { PhaseTime } from '../../rpc/worker-api.ts';

/** Where the time went, a line a phase. */
export function timesText(times: readonly PhaseTime[]): string {
  const total = times.reduce((sum, { seconds }) => sum + seconds, 0);
  const row = (phase: string, seconds: number, detail: string): string =>
    `  ${phase.padEnd(14)}${seconds.toFixed(1).padStart(8)} s  ${String(Math.round((100 * seconds) / (total || 1))).padStart(3)} %  ${detail}`.trimEnd();
  return [
    'Time:',
    ...times.map(({ phase, seconds, detail }) => row(phase, seconds, detail)),
    row('total', total, ''),
  ].join('\n');
}
