import type { Reply } from '../../evaluation/data/summary.ts';

/** Which rule decided, by its name in the rules file; undefined where that was not kept. */
export function ruleWords({ rule }: Pick<Reply, 'rule'>): string | undefined {
  return rule === undefined ? undefined : `rule: ${rule}`;
}
