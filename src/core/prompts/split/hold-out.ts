import type { Prompt } from '../prompt.ts';
import { shuffled } from './seeded-random.ts';

/**
 * Whole groups that make up about `fraction` of the prompts, of each label and attack as nearly as groups allow. Groups
 * are looked at in an order drawn by `random`, and one is taken when that brings the counts nearer to their targets:
 * Σ (taken - target)² / target over labels and attacks. So a group much larger than what is wanted is never taken.
 *
 * @returns the keys of the groups taken
 */
export function holdOut(
  groups: ReadonlyMap<string, readonly Prompt[]>,
  fraction: number,
  random: () => number,
): Set<string> {
  const target = countStrata([...groups.values()].flat());
  for (const [stratum, n] of target) target.set(stratum, n * fraction);
  const taken = new Map<string, number>();
  const keys = new Set<string>();
  if (fraction <= 0) return keys;
  for (const [key, prompts] of shuffled([...groups], random)) {
    let change = 0;
    const counts = countStrata(prompts);
    for (const [stratum, n] of counts) {
      const wanted = target.get(stratum)!;
      const missing = wanted - (taken.get(stratum) ?? 0);
      change += ((missing - n) ** 2 - missing ** 2) / wanted;
    }
    if (change >= 0) continue;
    keys.add(key);
    for (const [stratum, n] of counts) taken.set(stratum, (taken.get(stratum) ?? 0) + n);
  }
  return keys;
}

function countStrata(prompts: readonly Prompt[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { label, attack = '' } of prompts) {
    const stratum = `${label}/${attack}`;
    counts.set(stratum, (counts.get(stratum) ?? 0) + 1);
  }
  return counts;
}
