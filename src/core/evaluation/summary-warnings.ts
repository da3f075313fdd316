import type { FitSummary } from './data/fit-summary.ts';
import { count } from '../format.ts';
import { groupName, groups, labelGroups } from './data/groups.ts';
import type { ConditionSummary, LayerSummary, MissingReplies, Reply } from './data/summary.ts';

interface Seen {
  readonly conditions: ReadonlyMap<string, readonly Reply[]>;
  readonly rates: ReadonlyMap<string, ConditionSummary>;
  readonly missing: readonly MissingReplies[];
  readonly replaced: number;
  readonly layers: readonly LayerSummary[];
  readonly fit: FitSummary;
}

/** Below this many prompts a rate's interval spans more than 30 points around the middle. */
const fewPrompts = 40;

/** Below this many clusters a two-sided sign-flip test can't come below 0.05: 2 ** (1 - 5) is 0.0625. */
const fewClusters = 6;

/** What a reader must know before trusting the numbers, one sentence each, the gravest first. */
export function summaryWarnings({ conditions, rates, missing, replaced, layers, fit }: Seen): string[] {
  const warnings: string[] = [];
  for (const name of ['base', 'steered']) {
    if (!conditions.has(name))
      warnings.push(`There are no replies of the condition "${name}": nothing can be compared.`);
  }
  for (const { condition, comparedWith, ids } of missing) {
    const named = ids.slice(0, 5).join(', ');
    const rest = ids.length > 5 ? ` and ${ids.length - 5} more (all in summary.json)` : '';
    const prompts = ids.length === 1 ? '1 prompt has' : `${ids.length} prompts have`;
    warnings.push(
      `${prompts} a reply under "${comparedWith}" but none under "${condition}" and ${ids.length === 1 ? 'is' : 'are'} left out of paired numbers: ${named}${rest}.`,
    );
  }
  const all = [...conditions.values()].flat();
  const stopped = all.filter((reply) => reply.stopped === true).length;
  if (stopped > 0) {
    warnings.push(
      `${stopped} of ${count(all.length, 'reply', 'replies')} ${stopped === 1 ? 'was' : 'were'} stopped early, once no continuation could be refused. Which replies are refused is as if all were whole; which of the others are partial, complied or degenerate is not, and loops are not checked. For whole replies compare again with evaluate.earlyStop off.`,
    );
  }
  const steered = rates.get('steered');
  const fewer = labelGroups.filter(
    (group) => (steered?.[group]?.n ?? 0) > 0 && (steered?.[group]?.n ?? 0) < fewPrompts,
  );
  for (const group of fewer) {
    warnings.push(
      `${groupName(group)}: only ${count(steered?.[group]?.n ?? 0, 'prompt')}, so its rate is known roughly; see its interval.`,
    );
  }
  const unclustered = all.filter(({ template, goal }) => !template || !goal).length;
  if (unclustered > 0) {
    warnings.push(
      `${count(unclustered, 'reply does', 'replies do')} not say which template and goal the prompt has and ${unclustered === 1 ? 'counts' : 'count'} as independent: intervals may be too narrow. Run \`alphasteer compare\` again to add them.`,
    );
  }
  for (const group of groups) {
    const few = steered?.[group];
    if (few === undefined || Math.min(few.templates, few.goals) >= fewClusters) continue;
    warnings.push(
      `${groupName(group)}: ${count(few.n, 'prompt')} from ${count(few.templates, 'template')} and ${count(few.goals, 'goal')}. With fewer than ${fewClusters} of either no test over them can tell a change from luck (p is ${2 ** (1 - Math.min(few.templates, few.goals))} at best): add templates and goals, not prompts.`,
    );
  }
  const absent = groups.filter(
    (group) => group !== 'jailbreak' && steered !== undefined && steered[group] === undefined,
  );
  if (absent.length > 0) {
    warnings.push(
      `No prompts at all of: ${absent.map(groupName).join('; ')}. What the report says nothing about, it has not tested.`,
    );
  }
  if (conditions.has('base') && !conditions.has('base-again')) {
    warnings.push(
      'The base model ran once, so there is no A/A floor: how many verdicts change without any steering is not known.',
    );
  }
  warnings.push(...unlikeTheFit(conditions.get('base') ?? []));
  for (const { layer, maliciousBelowZero } of layers) {
    // With a threshold at or above 0, such prompts are left as they are.
    const threshold = fit.perLayer.find((one) => one.layer === layer)?.threshold ?? -Infinity;
    if (maliciousBelowZero !== null && maliciousBelowZero > 0 && threshold < 0) {
      warnings.push(
        `Layer ${layer}: ${maliciousBelowZero === 1 ? '1 malicious prompt has' : `${maliciousBelowZero} malicious prompts have`} a score below 0, which pushes towards answering there.`,
      );
    }
  }
  const misfits = (conditions.get('steered') ?? []).filter(({ scores }) => scores.length !== fit.layers.length).length;
  if (misfits > 0) {
    warnings.push(
      `${misfits} steered replies carry scores of other layers than the fit's ${fit.layers.length}: they were made with another fit.`,
    );
  }
  for (const name of conditions.keys()) {
    if (name.includes('@'))
      warnings.push(`There are replies at more than one strength: "${name}" is listed apart and in no comparison.`);
  }
  if (replaced > 0)
    warnings.push(
      `${count(replaced, 'reply was', 'replies were')} made again and came out otherwise; the last one of each prompt counts.`,
    );
  return warnings;
}

/** How many prompts are further from the fit's than its own were, by label and kind of attack. */
function unlikeTheFit(base: readonly Reply[]): string[] {
  const unlike = base.filter(({ distance }) => distance !== undefined && distance > 1);
  if (unlike.length === 0) return [];
  const kindOf = ({ label, attack }: Reply): string => attack ?? label;
  const kinds = [...new Set(unlike.map(kindOf))].map((kind) => {
    const among = (replies: readonly Reply[]): number => replies.filter((reply) => kindOf(reply) === kind).length;
    return `${among(unlike)} of ${among(base)} ${kind}`;
  });
  return [
    `${count(unlike.length, 'prompt')} of ${base.length} ${unlike.length === 1 ? 'is' : 'are'} unlike those of the fit, so that ${unlike.length === 1 ? 'its score is' : 'their scores are'} not to be trusted: ${kinds.join(', ')}. Of prompts like the fit’s a few in a hundred would be called so.`,
  ];
}
