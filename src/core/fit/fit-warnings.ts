import { describeProblem, type Problem } from '../problem.ts';
import { isMalicious, type Label, type Prompt } from '../prompts/prompt.ts';
import { quantile } from '../stats/quantile.ts';
import { wilson } from '../stats/wilson.ts';
import type { AttackFit, LayerFit } from '../evaluation/data/run-fit.ts';
import { count, fixed, interval, percent } from '../format.ts';
import { leftOutWords } from '../evaluation/left-out-words.ts';

/** A prompt of the fit, as far as its label can be doubted. */
export interface FittedPrompt extends Pick<Prompt, 'label' | 'file' | 'line'> {
  /** Whether the unsteered model refused it; malicious prompts only. */
  readonly refused: boolean | undefined;
  /** The lowest of its scores at the steered layers, by fits without it; NaN where there are none. */
  readonly unseen: number;
  /** The same number for prompts with one goal, and for near copies. */
  readonly group: number;
}

export interface FitEvidence {
  /** Gone over several times. */
  readonly prompts: Iterable<FittedPrompt>;
  readonly layers: readonly Pick<LayerFit, 'layer' | 'steered' | 'auc' | 'stability'>[];
  readonly attacks: Readonly<Record<string, AttackFit>>;
  /** Each prompt that the evaluation has as well: it was left out of the fit. */
  readonly duplicates: readonly Pick<Problem, 'file' | 'line'>[];
  /** What fit and evaluation have in common besides, and kept. */
  readonly shared: readonly Problem[];
  /** How many prompts were left out because the model's context does not hold them. */
  readonly tooLong: number;
}

/** Below this, a score of a malicious prompt is above that of a benign one little more often than a coin falls heads. */
const lowAuc = 0.7;
/** Below this, the two halves' refusal directions are more than 60 degrees apart. */
const lowCosine = 0.5;
/** More of one side than this for each of the other, and the fit hears little but that side. */
const unequal = 10;
/** As many things of one kind say little of the next one. */
const fewGroups = 20;
/** Part of the benign prompts that may look malicious before their labels are doubted. */
const oddShare = 0.05;

/** What makes a fit doubtful although it ran, one sentence or two each, the gravest first. */
export function fitWarnings(evidence: FitEvidence): string[] {
  return [
    ...doubtfulLabels(evidence),
    ...overlapWithEvaluation(evidence),
    ...overlap(evidence),
    ...randomDirection(evidence),
    ...missedAttacks(evidence),
    ...imbalance(evidence),
    ...fewClusters(evidence),
    ...leftOutWords(evidence.tooLong, 'fit'),
  ];
}

function doubtfulLabels({ prompts }: FitEvidence): string[] {
  let harmful = 0;
  let refused = 0;
  let benign = 0;
  const malicious: number[] = [];
  for (const { label, refused: did, unseen } of prompts) {
    if (label === 'harmful') harmful += 1;
    if (label === 'harmful' && did) refused += 1;
    if (label === 'benign' && Number.isFinite(unseen)) benign += 1;
    if (isMalicious(label) && Number.isFinite(unseen)) malicious.push(unseen);
  }
  const { low, high } = wilson(refused, harmful);
  const warnings: string[] = [];
  if (high < 0.5) {
    warnings.push(
      `The unsteered model refuses only ${refused} of ${harmful} prompts labelled harmful (${interval(low, high)}). Either it hardly refuses at all, or these are not harmful: check that the labels are not swapped.`,
    );
  }
  const middle = quantile(malicious, 0.5);
  const odd: FittedPrompt[] = [];
  for (const prompt of prompts) {
    const { label, unseen } = prompt;
    if (label === 'benign' && Number.isFinite(unseen) && unseen > middle) odd.push(prompt);
  }
  if (odd.length > oddShare * benign) {
    odd.sort((a, b) => b.unseen - a.unseen);
    const named = odd.slice(0, 5).map(({ file, line }) => `${file}:${line}`);
    warnings.push(
      `${odd.length} of ${count(benign, 'prompt')} labelled benign score above the middle malicious prompt, each by a fit without it. Look at their labels; the highest are ${named.join(', ')}.`,
    );
  }
  return warnings;
}

function overlapWithEvaluation({ duplicates, shared }: FitEvidence): string[] {
  const warnings = shared.map(describeProblem);
  if (duplicates.length > 0) {
    const named = duplicates.slice(0, 5).map(({ file, line }) => `${file ?? ''}:${line ?? ''}`);
    const more = duplicates.length > 5 ? ` and ${duplicates.length - 5} more` : '';
    warnings.push(
      `${count(duplicates.length, 'prompt')} of the fit’s files ${duplicates.length === 1 ? 'stands' : 'stand'} in the evaluation too and ${duplicates.length === 1 ? 'was' : 'were'} not fitted on: ${named.join(', ')}${more}.`,
    );
  }
  return warnings;
}

function overlap({ layers }: FitEvidence): string[] {
  const measured = layers.flatMap(({ layer, auc }) => (auc === undefined ? [] : [{ layer, auc }]));
  if (measured.length === 0)
    return [
      'No malicious or no benign prompt was set aside to choose by: how well the layers tell them apart was not measured, and what was not set by hand rests on nothing. Add prompts, or raise fit.chooseFraction.',
    ];
  const best = measured.reduce((a, b) => (b.auc > a.auc ? b : a));
  if (best.auc >= lowAuc) return [];
  return [
    `No layer tells malicious prompts from benign ones: the best, layer ${best.layer}, ranks a malicious prompt above a benign one in ${percent(best.auc)} of the pairs, and a coin in 50 %. Steering by this score would hit both alike. Check the labels, or add prompts.`,
  ];
}

function randomDirection({ layers }: FitEvidence): string[] {
  const known = layers.filter(({ steered, stability }) => steered && stability.r !== null);
  const shaky = known.filter(({ stability }) => stability.r! < lowCosine);
  if (shaky.length === 0) return [];
  const at = shaky.map(({ layer, stability }) => `${fixed(stability.r!, 2)} at layer ${layer}`).join(', ');
  return [
    `The refusal direction changes with the prompts it is taken from: directions from two halves of the malicious prompts have a cosine of ${at} (1 is the same direction, 0 none in common). Pushing along it is close to pushing at random. Add malicious prompts, both some that the model refuses and some that it answers, and check the judge's rules on its replies.`,
  ];
}

function missedAttacks({ attacks }: FitEvidence): string[] {
  const all = Object.values(attacks);
  const part = all.reduce((sum, { recognised }) => sum + recognised, 0) / all.reduce((sum, { n }) => sum + n, 0);
  return Object.entries(attacks).flatMap(([attack, { n, recognised }]) => {
    const { low, high } = wilson(recognised, n);
    if (!(high < part / 2)) return [];
    return `Jailbreaks of the kind "${attack}" are mostly missed by a fit that has no other of the kind: it recognises ${recognised} of ${n} (${interval(low, high)}), and ${percent(part)} of all kinds. Expect new kinds like it to pass.`;
  });
}

function imbalance({ prompts }: FitEvidence): string[] {
  const n = { benign: 0, malicious: 0 };
  for (const { label } of prompts) n[sideOf(label)] += 1;
  if (Math.max(n.benign, n.malicious) <= unequal * Math.min(n.benign, n.malicious)) return [];
  return [
    `The fit has ${count(n.benign, 'benign prompt')} and ${n.malicious} malicious ones: the fewer decide little. Add some of them.`,
  ];
}

function fewClusters({ prompts }: FitEvidence): string[] {
  const n = { benign: 0, malicious: 0 };
  const groups = { benign: new Set<number>(), malicious: new Set<number>() };
  for (const { label, group } of prompts) {
    n[sideOf(label)] += 1;
    groups[sideOf(label)].add(group);
  }
  return (['benign', 'malicious'] as const).flatMap((side) => {
    const { size } = groups[side];
    if (size >= fewGroups) return [];
    const what = side === 'benign' ? 'different texts (near copies count once)' : 'different goals';
    return `The ${n[side]} ${side} prompts are only ${size} ${what}: what the fit learns of them may not hold for another.`;
  });
}

function sideOf(label: Label): 'benign' | 'malicious' {
  return isMalicious(label) ? 'malicious' : 'benign';
}
