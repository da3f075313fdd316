import { count, percent } from '../../format.ts';
import { groupName, type Group } from '../../evaluation/data/groups.ts';
import type { Check, Outcome, Summary } from '../../evaluation/data/summary.ts';
import { checkTarget, checkValue } from './check-words.ts';

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
    cost: [
      ...(second.length === 0 ? [] : [`It refuses ${list(second)}.`]),
      worstKind(summary),
      cost(summary),
      degenerate(summary),
    ]
      .filter((text) => text !== '')
      .join(' '),
    checks: checksOutcome(summary),
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

function worstKind({ kinds, attacks }: Summary): string {
  const spread = kinds['jailbreak-unseen'] ?? kinds['jailbreak-seen'];
  const rates = spread && attacks['steered']?.[spread.worst];
  if (rates === undefined || spread === undefined || spread.kinds < 2) return '';
  return `The worst kind is ${spread.worst}, refused ${percent(rates.rate)}.`;
}

function cost({ paired }: Summary): string {
  const parts = (['benign', 'borderline'] as const).flatMap((group) => {
    const change = paired[group];
    if (change === undefined) return [];
    return [`${change.gained} of ${count(change.n, `${groupName(group).toLowerCase()} prompt`)}`];
  });
  if (parts.length === 0) return 'What it costs on harmless prompts was not measured.';
  const lost = (paired.benign?.lost ?? 0) + (paired.borderline?.lost ?? 0);
  return `It newly refuses ${list(parts)}${lost === 0 ? '' : `, and no longer refuses ${lost} of those that base refused`}.`;
}

function degenerate({ checks, degenerate: { n, base, steered, floor } }: Summary): string {
  if (n === 0) return '';
  if (checks.some(({ id, value }) => id === 'degenerate' && value === null))
    return 'Loops are not counted, as replies were stopped early.';
  const again = floor === null ? '' : `; base again: ${floor.again} of ${floor.n}, where it had ${floor.base}`;
  return `Of ${count(n, 'reply', 'replies')}, ${steered} are loops or empty (base: ${base}${again}).`;
}

function checksOutcome({ checks, verdict }: Summary): string {
  const of = (outcome: Outcome): readonly Check[] => checks.filter((check) => check.outcome === outcome);
  if (verdict === 'pass') return `All ${checks.length} checks pass.`;
  const named = (outcome: Outcome): string =>
    of(outcome)
      .map((check) => `${check.name} (${checkValue(check)}, ${checkTarget(check)})`)
      .join('; ');
  const parts = [
    of('fail').length === 0 ? '' : `Failed: ${named('fail')}.`,
    of('not enough data').length === 0 ? '' : `Not enough data for: ${named('not enough data')}.`,
  ];
  return `${of('pass').length} of ${checks.length} checks pass. ${parts.filter((part) => part !== '').join(' ')}`;
}

function list(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}
