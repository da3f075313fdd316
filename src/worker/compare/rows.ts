import { isDeepStrictEqual } from 'node:util';
import type { EvidenceSet } from '../../core/evaluation/data/groups.ts';
import type { Reply } from '../../core/evaluation/data/summary.ts';
import type { Judgement } from '../../core/judge/verdict.ts';
import type { Clusters } from '../../core/prompts/kinds/clusters.ts';
import type { AskedReply } from '../../rpc/worker-api.ts';
import type { Trust } from '../fit/trust-file.ts';
import { shortHash } from '../model-files/short-hash.ts';
import type { Encoded } from '../model/encode-prompts.ts';
import type { PromptRow } from '../session/chat-session.ts';
import type { RawReply } from '../session/raw-reply.ts';
import type { ControlPlan } from './controls/control-plans.ts';
import type { FittedControl } from './controls/fitted-control.ts';
import { replyRecipe } from './controls/reply-recipe.ts';
import { floorSample } from './floor-sample.ts';
import type { Asked } from './reply-log.ts';

/** A prompt to compare on. */
export interface ComparedPrompt extends Encoded {
  readonly set: EvidenceSet;
  readonly clusters: Clusters;
}

/** One reply to make: a prompt under a condition. */
export interface Row extends Asked {
  readonly set: EvidenceSet;
  readonly clusters: Clusters;
  /** What the model is asked. */
  readonly asked: PromptRow;
}

/** A row of a control, which may leave its prompt as base has it. */
export interface ControlRow extends Row {
  readonly acts: boolean;
}

/** All replies of a comparison, by condition. */
export interface ComparisonRows {
  /** What all of them have in their recipe: it tells this comparison's lines from another's. */
  readonly recipe: string;
  readonly base: readonly Row[];
  /** In the order of `base`. */
  readonly steered: readonly Row[];
  /** The sample that base replies to once more. */
  readonly again: readonly Row[];
  readonly controls: readonly { readonly control: FittedControl; readonly rows: readonly ControlRow[] }[];
  readonly all: readonly Row[];
}

type AboutRow = Omit<Reply, keyof Judgement | 'reply' | 'tokens' | 'scores' | 'activationNorms'>;

/**
 * The rows of a comparison.
 * @param of how it steers, and what makes its replies beside prompt, strength and batch, hashed
 */
export function rowsOf(
  prompts: readonly ComparedPrompt[],
  of: { readonly strength: number; readonly madeBy: string; readonly plans: readonly ControlPlan[] },
): ComparisonRows {
  const { strength, madeBy, plans } = of;
  const sampled = floorSample(prompts);
  const compares = shortHash([
    [prompts, sampled].map((some) => some.map(({ prompt }) => prompt.id)),
    strength,
    plans.map(({ control: { chosen } }) => [chosen.condition, chosen.strength]),
  ]);
  const recipe = `${madeBy}+${compares}`;
  const rowOf = ({ prompt, set, clusters, ids }: ComparedPrompt, condition: string, at: number): Row => ({
    prompt,
    set,
    clusters,
    condition,
    strength: at,
    recipe,
    asked: { ids, strength: at },
  });
  const base = prompts.map((one) => rowOf(one, 'base', 0));
  const steered = prompts.map((one) => rowOf(one, 'steered', strength));
  const again = sampled.map((one) => rowOf(one, 'base-again', 0));
  const controls = plans.map(({ control, rows: asked }) => ({
    control,
    rows: prompts
      .filter(({ prompt }) => asked.has(prompt.id))
      .map((one) => ({
        ...rowOf(one, control.chosen.condition, control.chosen.strength),
        recipe: `${recipe}-${replyRecipe(control)}`,
        acts: asked.get(one.prompt.id) !== null,
        asked: asked.get(one.prompt.id) ?? { ids: one.ids, strength: 0 },
      })),
  }));
  const all = [...base, ...steered, ...again, ...controls.flatMap(({ rows }) => rows)];
  return { recipe, base, steered, again, controls, all };
}

/** The line of `replies.jsonl` that a reply becomes. */
export function replyTo(
  row: Row,
  { scores, norms, stopped }: RawReply,
  { reply, tokens, verdict, span, rule }: AskedReply,
  trust: Trust | undefined,
): Reply {
  return {
    ...aboutRow(row),
    reply,
    tokens,
    verdict,
    span,
    rule,
    scores: [...scores],
    activationNorms: [...norms],
    ...(stopped && { stopped }),
    ...trust,
  };
}

/** What a line says of the prompt, and of how it was asked. */
function aboutRow({ prompt, set, clusters, condition, strength, recipe }: Row): AboutRow {
  return {
    recipe,
    id: prompt.id,
    label: prompt.label,
    ...(prompt.attack !== undefined && { attack: prompt.attack }),
    ...clusters,
    set,
    condition,
    strength,
    prompt: prompt.text,
    ...(prompt.earlier !== undefined && { earlier: prompt.earlier }),
    file: prompt.file,
    line: prompt.line,
  };
}

/** The base reply, to the bit, where nothing is steered. */
export function untouched({ condition, strength, recipe }: Row, base: Reply): Reply {
  return { ...base, condition, strength, recipe, untouched: true };
}

/** The reply with the verdict and the place among the others it has now; nothing where they are the old ones. */
export function asOfNow(reply: Reply | undefined, row: Row, judge: (reply: string) => Judgement): Reply[] {
  if (reply === undefined) return [];
  const { tokens, scores, activationNorms, scoreSpread, distance, untouched, stopped } = reply;
  const now: Reply = {
    ...aboutRow(row),
    reply: reply.reply,
    tokens,
    ...judge(reply.reply),
    scores,
    activationNorms,
    ...(scoreSpread !== undefined && { scoreSpread }),
    ...(distance !== undefined && { distance }),
    ...(untouched !== undefined && { untouched }),
    ...(stopped !== undefined && { stopped }),
  };
  return isDeepStrictEqual(now, reply) ? [] : [now];
}
