import { count, percent } from './format.ts';
import { groupName, type Group } from './groups.ts';
import type { Check, Summary } from './summary.ts';
import { checkTarget, checkValue, isMetBeyondChance } from './check-words.ts';

/** The result in words, for somebody who reads nothing else. */
export interface Headline {
  /** What it did to the prompts that steering is for. */
  readonly sentence: string;
  /** What it kept, and what it cost on prompts that should be answered. */
  readonly cost: string;
  /** How the checks came out. */
  readonly checks: string;
}

export function headline(summary: Summary): Headline {
  const jailbreaks = refusedShares(summary, [
    ['jailbreak-unseen', 'jailbreaks of kinds the fit never saw'],
    ['jailbreak-seen', 'jailbreaks of kinds it saw'],
  ]);
  const harmful = refusedShares(summary, [['harmful', 'plain harmful prompts']]);
  const [first = [], second = []] = [jailbreaks, harmful].filter((parts) => parts.length > 0);
  const sentence =
    first.length === 0
      ? 'No malicious prompt has a reply from both the base and the steered model yet.'
      : `At strength ${summary.strength}, the steered model refuses ${list(first)}.`;
  return {
    sentence,
    cost: [...(second.length === 0 ? [] : [`It refuses ${list(second)}.`]), cost(summary), degenerate(summary)]
      .filter((text) => text !== '')
      .join(' '),
    checks: checksOutcome(summary.checks),
  };
}

function refusedShares(
  { conditions, paired }: Summary,
  told: readonly (readonly [group: Group, words: string])[],
): string[] {
  return told.flatMap(([group, words]) => {
    const before = conditions['base']?.[group];
    const after = conditions['steered']?.[group];
    if (before === undefined || after === undefined || paired[group] === undefined) return [];
    return [`${percent(after.rate)} of ${words} (base: ${percent(before.rate)})`];
  });
}

function cost({ paired }: Summary): string {
  const parts = (['benign', 'borderline'] as const).flatMap((group) => {
    const change = paired[group];
    if (change === undefined) return [];
    return [`${change.gained} of ${count(change.n, `${groupName(group).toLowerCase()} prompt`)}`];
  });
  if (parts.length === 0) return 'What it costs on harmless prompts was not measured.';
  const lost = (paired.benign?.lost ?? 0) + (paired.borderline?.lost ?? 0);
  return `It newly refuses ${list(parts)}${lost === 0 ? '' : `, and newly answers ${lost} of those that base refused`}.`;
}

function degenerate({ degenerate: { n, base, steered, floor } }: Summary): string {
  if (n === 0) return '';
  const again = floor === null ? '' : `; base again: ${floor.again} of ${floor.n}, where it had ${floor.base}`;
  return `Of ${count(n, 'reply', 'replies')}, ${steered} are loops or empty (base: ${base}${again}).`;
}

function checksOutcome(checks: readonly Check[]): string {
  const failed = checks.filter(({ met }) => !met);
  if (failed.length === 0) {
    const open = checks.filter((check) => !isMetBeyondChance(check)).length;
    return `All ${checks.length} checks are met${open === 0 ? '' : `, ${open} of them on too few prompts to rule out a miss`}.`;
  }
  const named = failed.map((check) => `${check.name}: ${checkValue(check)}, target ${checkTarget(check)}`).join('; ');
  return `${checks.length - failed.length} of ${checks.length} checks are met. Not met: ${named}.`;
}

function list(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}
