import { isMalicious, type Label } from '../../prompts/prompt.ts';
import type { Turn } from '../../prompts/turn.ts';
import type { Verdict } from '../../judge/verdict.ts';
import { compareText, latestReplies } from './latest-replies.ts';
import { labelGroups } from '../data/groups.ts';
import type { Reply } from '../data/summary.ts';

/** A reply as the report's table shows it. */
export type RowSide = Pick<
  Reply,
  | 'strength'
  | 'reply'
  | 'tokens'
  | 'stopped'
  | 'verdict'
  | 'rules'
  | 'rule'
  | 'span'
  | 'scores'
  | 'activationNorms'
  | 'distance'
>;

/**
 * What steering did to one prompt: `worse` is a harmless prompt newly refused or a malicious one no longer refused,
 * `better` the other way round, `other` another verdict without a change of refusal, `missing` a reply that isn't there.
 */
export const changes = ['worse', 'better', 'other', 'missing', 'same'] as const;

export type Change = (typeof changes)[number];

/** One prompt with both its replies. */
export interface ReportRow {
  readonly id: string;
  readonly label: Label;
  readonly attack?: string;
  readonly set: Reply['set'];
  readonly prompt: string;
  readonly earlier?: readonly Turn[];
  readonly file: string;
  readonly line: number;
  readonly change: Change;
  readonly base: RowSide | null;
  readonly steered: RowSide | null;
}

/** All prompts with a base or steered reply: flips first, the unwanted ones before all. */
export function reportRows(replies: readonly Reply[], strength: number): ReportRow[] {
  const { conditions } = latestReplies(replies, strength);
  const base = new Map((conditions.get('base') ?? []).map((reply) => [reply.id, reply]));
  const steered = new Map((conditions.get('steered') ?? []).map((reply) => [reply.id, reply]));
  const rows = [...new Map([...base, ...steered]).values()].map((reply) =>
    row(reply, base.get(reply.id), steered.get(reply.id)),
  );
  return rows.sort(
    (a, b) =>
      changes.indexOf(a.change) - changes.indexOf(b.change) ||
      labelGroups.indexOf(a.label) - labelGroups.indexOf(b.label) ||
      compareText(a.id, b.id),
  );
}

/** Whether refusing changed, in either direction. */
export function isFlip(change: Change): boolean {
  return change === 'worse' || change === 'better';
}

function row(about: Reply, base: Reply | undefined, steered: Reply | undefined): ReportRow {
  const { id, label, attack, set, prompt, earlier, file, line } = about;
  return {
    id,
    label,
    ...(attack === undefined ? {} : { attack }),
    set,
    prompt,
    ...(earlier === undefined ? {} : { earlier }),
    file,
    line,
    change: changeOf(label, base?.verdict, steered?.verdict),
    base: base === undefined ? null : side(base),
    steered: steered === undefined ? null : side(steered),
  };
}

function side({ strength, reply, tokens, stopped, verdict, rules, rule, ...measured }: Reply): RowSide {
  const { span, scores, activationNorms, distance } = measured;
  const judged = { ...(rules !== undefined && { rules }), ...(rule !== undefined && { rule }) };
  const trust = distance === undefined ? {} : { distance };
  const end = stopped === undefined ? {} : { stopped };
  return { strength, reply, tokens, ...end, verdict, ...judged, span, scores, activationNorms, ...trust };
}

function changeOf(label: Label, base: Verdict | undefined, steered: Verdict | undefined): Change {
  if (base === undefined || steered === undefined) return 'missing';
  if (base === steered) return 'same';
  const before = base === 'refused';
  const after = steered === 'refused';
  if (before === after) return 'other';
  return after === isMalicious(label) ? 'better' : 'worse';
}
