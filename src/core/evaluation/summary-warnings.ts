import type { RunFit } from './data/run-fit.ts';
import { count } from '../format.ts';
import { groupName, groups, labelGroups } from './data/groups.ts';
import type { ConditionSummary, LayerSummary, MissingReplies, Reply } from './data/summary.ts';

interface Seen {
  readonly conditions: ReadonlyMap<string, readonly Reply[]>;
  readonly rates: ReadonlyMap<string, ConditionSummary>;
  readonly missing: readonly MissingReplies[];
  readonly replaced: number;
  readonly layers: readonly LayerSummary[];
  readonly fit: RunFit;
}

/** Below this many prompts a rate's interval spans more than 30 points around the middle. */
const fewPrompts = 40;

/** Below this many clusters a two-sided sign-flip test can't come below 0.05: 2 ** (1 - 5) is 0.0625. */
const fewClusters = 6;

/** What a reader must know before trusting the numbers, one sentence each, the gravest first. */
export function summaryWarnings({ conditions, rates, missing, replaced, layers, fit }: Seen): string[] {
  const all = [...conditions.values()].flat();
  const steered = rates.get('steered');
  return [
    ...notAnswered(conditions, missing),
    ...stoppedEarly(all),
    ...fewOfALabel(steered),
    ...unclustered(all),
    ...fewClustersOf(steered),
    ...untested(steered),
    ...noFloor(conditions),
    ...unlikeTheFit(conditions.get('base') ?? []),
    ...pushedTowardsAnswering(layers, fit),
    ...ofAnotherFit(conditions.get('steered') ?? [], fit),
    ...atOtherStrengths(conditions),
    ...madeAgain(replaced),
  ];
}

/** Conditions without any reply, and prompts with a reply under one condition alone. */
function notAnswered(conditions: Seen['conditions'], missing: readonly MissingReplies[]): string[] {
  const absent = ['base', 'steered'].filter((name) => !conditions.has(name));
  return [
    ...absent.map((name) => `There are no replies of the condition "${name}": nothing can be compared.`),
    ...missing.map(({ condition, comparedWith, ids }) => {
      const named = ids.slice(0, 5).join(', ');
      const rest = ids.length > 5 ? ` and ${ids.length - 5} more (all in summary.json)` : '';
      const prompts = ids.length === 1 ? '1 prompt has' : `${ids.length} prompts have`;
      return `${prompts} a reply under "${comparedWith}" but none under "${condition}" and ${ids.length === 1 ? 'is' : 'are'} left out of paired numbers: ${named}${rest}.`;
    }),
  ];
}

function stoppedEarly(all: readonly Reply[]): string[] {
  const stopped = all.filter((reply) => reply.stopped === true).length;
  if (stopped === 0) return [];
  return [
    `${stopped} of ${count(all.length, 'reply', 'replies')} ${stopped === 1 ? 'was' : 'were'} stopped early, once no continuation could be refused. Which replies are refused is as if all were whole; which of the others are partial, complied or degenerate is not, and loops are not checked. For whole replies compare again with evaluate.earlyStop off.`,
  ];
}

function fewOfALabel(steered: ConditionSummary | undefined): string[] {
  return labelGroups.flatMap((group) => {
    const n = steered?.[group]?.n ?? 0;
    if (n === 0 || n >= fewPrompts) return [];
    return `${groupName(group)}: only ${count(n, 'prompt')}, so its rate is known roughly; see its interval.`;
  });
}

/** Replies of before templates and goals were kept. */
function unclustered(all: readonly Reply[]): string[] {
  const alone = all.filter(({ template, goal }) => !template || !goal).length;
  if (alone === 0) return [];
  return [
    `${count(alone, 'reply does', 'replies do')} not say which template and goal the prompt has and ${alone === 1 ? 'counts' : 'count'} as independent: intervals may be too narrow. Run \`alphasteer compare\` again to add them.`,
  ];
}

function fewClustersOf(steered: ConditionSummary | undefined): string[] {
  return groups.flatMap((group) => {
    const few = steered?.[group];
    if (few === undefined || Math.min(few.templates, few.goals) >= fewClusters) return [];
    return `${groupName(group)}: ${count(few.n, 'prompt')} from ${count(few.templates, 'template')} and ${count(few.goals, 'goal')}. With fewer than ${fewClusters} of either no test over them can tell a change from luck (p is ${2 ** (1 - Math.min(few.templates, few.goals))} at best): add templates and goals, not prompts.`;
  });
}

function untested(steered: ConditionSummary | undefined): string[] {
  if (steered === undefined) return [];
  const absent = groups.filter((group) => group !== 'jailbreak' && steered[group] === undefined);
  if (absent.length === 0) return [];
  return [
    `No prompts at all of: ${absent.map(groupName).join('; ')}. What the report says nothing about, it has not tested.`,
  ];
}

function noFloor(conditions: Seen['conditions']): string[] {
  if (!conditions.has('base') || conditions.has('base-again')) return [];
  return [
    'The base model ran once, so there is no A/A floor: how many verdicts change without any steering is not known.',
  ];
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

/** A score below 0 pushes away from refusal; with a threshold at or above 0, such prompts are left as they are. */
function pushedTowardsAnswering(layers: readonly LayerSummary[], { perLayer }: RunFit): string[] {
  return layers.flatMap(({ layer, maliciousBelowZero }) => {
    const threshold = perLayer.find((one) => one.layer === layer)?.threshold ?? -Infinity;
    if (maliciousBelowZero === null || maliciousBelowZero === 0 || threshold >= 0) return [];
    return `Layer ${layer}: ${maliciousBelowZero === 1 ? '1 malicious prompt has' : `${maliciousBelowZero} malicious prompts have`} a score below 0, which pushes towards answering there.`;
  });
}

function ofAnotherFit(steered: readonly Reply[], { layers }: RunFit): string[] {
  const misfits = steered.filter(({ scores }) => scores.length !== layers.length).length;
  if (misfits === 0) return [];
  return [
    `${misfits} steered replies carry scores of other layers than the fit's ${layers.length}: they were made with another fit.`,
  ];
}

function atOtherStrengths(conditions: Seen['conditions']): string[] {
  return [...conditions.keys()]
    .filter((name) => name.includes('@'))
    .map((name) => `There are replies at more than one strength: "${name}" is listed apart and in no comparison.`);
}

function madeAgain(replaced: number): string[] {
  if (replaced === 0) return [];
  return [
    `${count(replaced, 'reply was', 'replies were')} made again and came out otherwise; the last one of each prompt counts.`,
  ];
}
