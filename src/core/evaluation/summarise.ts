import { conditionPairs } from './condition-pairs.ts';
import type { RunFit } from './data/run-fit.ts';
import { groups, inGroup, type Group } from './data/groups.ts';
import { errorsThatCount, type JudgeErrors } from './data/judge-errors.ts';
import { latestReplies } from './replies/latest-replies.ts';
import { summariseLayers } from './layer-summary.ts';
import { agreement } from './replies/overrides.ts';
import { missingReplies, pairedChange, type ReplyPair } from './rates/paired-change.ts';
import { countRates } from './rates/rates.ts';
import { roundNumbers } from './round-numbers.ts';
import { runChecks, verdictOf } from './rates/checks.ts';
import { contests } from './rates/contests.ts';
import { kindSpreads } from './rates/kind-spread.ts';
import { summaryWarnings } from './summary-warnings.ts';
import { attackChanges, attackRates } from './rates/attack-rates.ts';
import type { ConditionSummary, PairedChange, Rates, Reply, Summary } from './data/summary.ts';

/**
 * All that the report says in numbers, from the replies of one comparison in any order.
 * Sums run in the order of prompt ids and end rounded, so that a run that was cancelled and gone on with gives the same bytes.
 */
export function summarise(replies: readonly Reply[], fit: RunFit): Summary {
  const ownStrengths = new Map(fit.controls?.fitted.map(({ condition, strength }) => [condition, strength]));
  const { conditions, replaced } = latestReplies(replies, fit.strength, ownStrengths);
  const { steered, change, floor, degenerate } = conditionPairs(conditions);
  const review = agreement([...conditions.values()].flat());
  const judge = errorsThatCount(review, fit.judge);
  const rates = new Map([...conditions].map(([name, list]) => [name, summariseCondition(list, judge)]));
  const paired = changePerGroup(change.pairs);
  const attacks = Object.fromEntries([...conditions].map(([name, list]) => [name, attackRates(list, judge)]));
  const checks = runChecks({ steered, pairs: change.pairs, degenerate }, fit.margins);
  const layers = summariseLayers(fit, steered);
  const missing = [
    ...missingReplies(['base', 'steered'], change),
    // The floor may run on a sample of the prompts; a base-again without a base is what can't be used.
    ...missingReplies(['base', 'base-again'], { onlyBefore: [], onlyAfter: floor.onlyAfter }),
  ];
  return roundNumbers({
    format: 'alphasteer-summary/1',
    strength: fit.strength,
    conditions: Object.fromEntries(rates),
    attacks,
    paired,
    pairedAttacks: attackChanges(change.pairs),
    sameAgain: changePerGroup(floor.pairs),
    degenerate,
    layers,
    kinds: kindSpreads(attacks['steered'] ?? {}),
    against: contests(conditions),
    checks,
    verdict: verdictOf(checks),
    ...(fit.controls !== undefined && { controls: fit.controls }),
    missing,
    replaced,
    review,
    warnings: summaryWarnings({ conditions, rates, missing, replaced, layers, fit }),
  });
}

function summariseCondition(replies: readonly Reply[], judge: JudgeErrors): ConditionSummary {
  const rates: Partial<Record<Group, Rates>> = {};
  for (const group of groups) {
    const members = replies.filter((reply) => inGroup(reply, group));
    if (members.length > 0) rates[group] = countRates(members, judge);
  }
  return rates;
}

function changePerGroup(pairs: readonly ReplyPair[]): Partial<Record<Group, PairedChange>> {
  const changes: Partial<Record<Group, PairedChange>> = {};
  for (const group of groups) {
    const members = pairs.filter(({ before }) => inGroup(before, group));
    if (members.length > 0) changes[group] = pairedChange(members);
  }
  return changes;
}
