import type { Label } from '../prompt.ts';

/** At most `most` of each label, in their order. */
export function firstOfEachLabel<T extends { readonly label: Label }>(prompts: readonly T[], most = Infinity): T[] {
  const taken = new Map<Label, number>();
  return prompts.filter(({ label }) => {
    const n = (taken.get(label) ?? 0) + 1;
    taken.set(label, n);
    return n <= most;
  });
}
