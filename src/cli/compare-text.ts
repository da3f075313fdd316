import type { CompareResult } from '../rpc/worker-api.ts';

/** What steering changed, for a terminal. */
export function comparisonText({ out, strength, fit, comparison, reused, made }: CompareResult): string {
  const { conditions, attacks, paired } = comparison;
  const table = (
    groups: Readonly<
      Record<
        string,
        Readonly<Record<string, { rate: number; low: number; high: number; n: number; degenerate: number }>>
      >
    >,
  ): string[] =>
    Object.keys(groups['base'] ?? {}).map((group) => {
      const cells = ['base', 'steered'].map((condition) => {
        const rate = groups[condition]?.[group];
        if (!rate) return '-'.padStart(24);
        const percent = (x: number): string => (100 * x).toFixed(0);
        return (
          `${percent(rate.rate)} % [${percent(rate.low)}, ${percent(rate.high)}]`.padStart(18) +
          `${rate.degenerate}`.padStart(6)
        );
      });
      const change = paired[group];
      return `  ${group.padEnd(26)}${String(groups['base']?.[group]?.n ?? 0).padStart(5)}${cells.join('')}${change ? `   +${change.gained} -${change.lost}  p ${change.p.toPrecision(2)}` : ''}`;
    });
  return [
    `Layers ${fit.layers.join(', ')}, strength ${strength}; ${made} replies made, ${reused} reused.`,
    '',
    'Refused, with Wilson intervals of 95 %; dgn counts loops and empty replies; newly refused (+) and no longer refused (-), exact McNemar p.',
    `  ${'prompts'.padEnd(26)}${'n'.padStart(5)}${'base'.padStart(18)}${'dgn'.padStart(6)}${'steered'.padStart(18)}${'dgn'.padStart(6)}`,
    ...table(conditions),
    '',
    'Per attack:',
    ...table(attacks),
    '',
    `Replies and summary: ${out}`,
  ].join('\n');
}
