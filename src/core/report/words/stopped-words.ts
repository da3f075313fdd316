import type { Reply } from '../../evaluation/data/summary.ts';

/** What to know of a reply that is not whole; undefined where it is. */
export function stoppedWords({ stopped }: Pick<Reply, 'stopped'>): string | undefined {
  return stopped === true ? 'stopped early: no continuation could be refused' : undefined;
}
